package io.paritree.lookup;

import io.paritree.CorruptModelException;
import io.paritree.json.StrictJson;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * What the server reads of a published partition's {@code _paritree.json}, which the job writes.
 *
 * @param identity the identity that it was published with; empty if it is of a table
 * @param directory the name of the directory of the run that published it
 * @param files the lengths of the files that hold its rows, by their names
 */
public record PublishedPartition(String identity, String directory, Map<String, Long> files) {
  /** The name of the file. */
  public static final String FILE = "_paritree.json";

  private static final long FORMAT = 1;

  public PublishedPartition {
    files = Map.copyOf(files);
  }

  /**
   * Returns what is published of a table's partition.
   *
   * @param directory the name of the directory of the run that has committed it
   */
  public static PublishedPartition ofTable(String directory) {
    return new PublishedPartition("", directory, Map.of());
  }

  /** Returns whether it was published with an identity, as far as that is known. */
  public boolean isOf(String other) {
    return identity.isEmpty() || identity.equals(other);
  }

  /**
   * Reads the file; members that this version does not know are ignored.
   *
   * @param where the file, for messages
   */
  public static PublishedPartition fromJson(byte[] content, String where) throws IOException {
    Map<String, String> texts = new HashMap<>();
    Map<String, Long> files = new HashMap<>();
    long[] format = {0};
    try {
      StrictJson json = new StrictJson(where, content);
      json.document(
          () ->
              json.namedValues(
                  name -> {
                    if (name.equals("format")) {
                      format[0] = json.integer(0, Integer.MAX_VALUE);
                    } else if (name.equals("files")) {
                      json.list(() -> file(json, files));
                    } else if (json.isText()) {
                      texts.put(name, json.text());
                    } else {
                      json.skip();
                    }
                  }));
    } catch (CorruptModelException e) {
      throw new IOException(e.getMessage(), e);
    }

    if (format[0] != FORMAT || !texts.containsKey("identity") || !texts.containsKey("directory")) {
      throw new IOException(
          "Cannot read %s: it is not a partition manifest of this version, with \"format\": %s"
              .formatted(where, FORMAT));
    }

    return new PublishedPartition(texts.get("identity"), texts.get("directory"), files);
  }

  private static void file(StrictJson json, Map<String, Long> files) throws CorruptModelException {
    String[] name = {""};
    long[] bytes = {-1};
    json.namedValues(
        member -> {
          switch (member) {
            case "name" -> name[0] = json.text();
            case "bytes" -> bytes[0] = json.integer(0, Long.MAX_VALUE);
            default -> json.skip();
          }
        });
    files.put(name[0], bytes[0]);
  }
}
