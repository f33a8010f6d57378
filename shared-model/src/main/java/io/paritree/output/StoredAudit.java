package io.paritree.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonText;
import io.paritree.json.SealedJson;
import io.paritree.json.StrictJson;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The evidence of the last audit of a partition that was kept, in the state of its output; a reader
 * passes it on as it is written.
 *
 * @param document as it is written
 * @param run the name of the directory of the run whose rows were audited; empty if nothing is
 *     known of it
 */
public record StoredAudit(byte[] document, String run) {
  /** The name of its file. */
  public static final String FILE = "audit.json";

  /** The most bytes of it that a server reads; it names five rows at most. */
  public static final int MAX_BYTES = 1 << 20;

  private static final String KIND = "audit";
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final Set<String> OF_ROWS = Set.of("rows", "sha256");

  /**
   * Returns the document without the keys and scores of rows that differ, and so without its seal.
   */
  public byte[] withoutRows() {
    return JsonText.of(
        json -> {
          try (JsonParser parser = FACTORY.createParser(document)) {
            while (parser.nextToken() != null) {
              if (parser.currentToken() == JsonToken.FIELD_NAME
                  && OF_ROWS.contains(parser.currentName())) {
                parser.nextToken();
                parser.skipChildren();
              } else {
                json.copyCurrentEvent(parser);
              }
            }
          }
        });
  }

  /**
   * Reads a file that must be the evidence of an audit of this partition alone.
   *
   * @param partition its path below the output
   * @param where the file, for messages
   * @throws DamagedFileException if it is something else
   */
  public static StoredAudit of(byte[] content, String partition, String where)
      throws DamagedFileException {
    Map<String, String> texts = new HashMap<>(); // of its one partition; of itself with a slash
    try {
      StrictJson json = new StrictJson("it", content);
      json.document(() -> read(json, partition, texts));
      if (!SealedJson.isWhole(content)) {
        throw new BrokenJsonException("it does not end with the sha256 of what is before it");
      }

      return new StoredAudit(content, texts.getOrDefault("run", ""));
    } catch (BrokenJsonException e) {
      throw new DamagedFileException(
          "Cannot read %s: it is no audit of this partition: %s".formatted(where, e.getMessage()),
          e);
    }
  }

  private static void read(StrictJson json, String partition, Map<String, String> texts)
      throws BrokenJsonException {
    int[] audited = {0};
    json.namedValues(
        name -> {
          if (name.equals("partitions")) {
            json.list(
                () -> {
                  audited[0]++;
                  json.namedValues(member -> keep(json, member, texts));
                });
          } else {
            keep(json, "/" + name, texts);
          }
        });
    if (!KIND.equals(texts.get("/kind"))
        || audited[0] != 1
        || !partition.equals(texts.get("partition"))
        || !texts.containsKey("verdict")) {
      throw json.wrong("an audit of one partition, '%s', with its verdict".formatted(partition));
    }
  }

  private static void keep(StrictJson json, String name, Map<String, String> texts)
      throws BrokenJsonException {
    if (json.isText()) {
      texts.put(name, json.text());
    } else {
      json.skip();
    }
  }
}
