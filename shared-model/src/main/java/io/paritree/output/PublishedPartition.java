package io.paritree.output;

import io.paritree.CorruptModelException;
import io.paritree.json.StrictJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the server reads of a published partition's {@code _paritree.json}, which the job writes.
 *
 * @param identity the identity that it was published with; empty if it is of a table
 * @param directory the name of the directory of the run that published it
 * @param files the lengths of the files that hold its rows, by their names
 * @param rows the facts about its rows; empty for a partition of a table
 */
public record PublishedPartition(
    String identity, String directory, Map<String, Long> files, Optional<Rows> rows) {
  /** The name of the file. */
  public static final String FILE = "_paritree.json";

  /** The most bytes of it that are read: enough for about 28,000 files. */
  public static final int MAX_BYTES = 4 << 20;

  private static final long FORMAT = 1;

  /** A run's directory is one name: with another, the partition would hide all others. */
  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,200}");

  /**
   * The rows of a partition.
   *
   * @param run the id of the run that published them
   * @param modelVersion the value of the column {@code model_version}
   * @param scoredAt when they were complete, in UTC
   * @param scored how many there are
   * @param quarantined how many others could not be scored
   * @param keys the columns of the key, the first ones of the files; empty if the run had none
   * @param scores the columns of the scores; empty if a version has published them that did not
   *     write these names
   * @param reasons how the reasons of the rows are read; empty if they have none, or if a version
   *     has published them that did not write this
   */
  public record Rows(
      String run,
      String modelVersion,
      String scoredAt,
      long scored,
      long quarantined,
      List<String> keys,
      List<String> scores,
      Optional<ReasonsForm> reasons) {
    public Rows {
      keys = List.copyOf(keys);
      scores = List.copyOf(scores);
    }

    private Rows withoutReasons() {
      return new Rows(
          run, modelVersion, scoredAt, scored, quarantined, keys, scores, Optional.empty());
    }
  }

  /** Returns whether a text is the name of a run's directory. */
  public static boolean isRun(String name) {
    return NAME.matcher(name).matches();
  }

  public PublishedPartition {
    files = Map.copyOf(files);
  }

  /**
   * Returns a partition that a table publishes.
   *
   * @param directory the name of the directory of the run that has committed it
   */
  public static PublishedPartition ofTable(String directory) {
    return new PublishedPartition("", directory, Map.of(), Optional.empty());
  }

  /** Returns the same without its files, of which there may be many, and without its reasons. */
  public PublishedPartition withoutFiles() {
    return new PublishedPartition(identity, directory, Map.of(), rows.map(Rows::withoutReasons));
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
    Map<String, Long> numbers = new HashMap<>();
    Map<String, Long> files = new HashMap<>();
    List<String> keys = new ArrayList<>();
    List<String> scores = new ArrayList<>();
    List<ReasonsForm> reasons = new ArrayList<>();
    try {
      StrictJson json = new StrictJson(where, content);
      json.document(
          () ->
              json.namedValues(
                  name -> {
                    switch (name) {
                      case "format", "scored", "quarantined" ->
                          numbers.put(name, json.integer(0, Long.MAX_VALUE));
                      case "files" -> json.list(() -> file(json, files));
                      case "keys" -> json.list(() -> keys.add(json.text()));
                      case "scores" -> json.list(() -> scores.add(json.text()));
                      case "reasons" -> reasons.add(ReasonsForm.read(json));
                      default -> {
                        if (json.isText()) {
                          texts.put(name, json.text());
                        } else {
                          json.skip();
                        }
                      }
                    }
                  }));
    } catch (CorruptModelException e) {
      throw new IOException(e.getMessage(), e);
    }

    if (numbers.getOrDefault("format", 0L) != FORMAT
        || !texts.containsKey("identity")
        || !texts.containsKey("directory")) {
      throw new IOException(
          "Cannot read %s: it is not a partition manifest of this version, with \"format\": %s"
              .formatted(where, FORMAT));
    }

    if (!isRun(texts.get("directory"))) {
      throw new IOException(
          "Cannot read %s: \"directory\" is no name of a run's directory".formatted(where));
    }

    Rows rows =
        new Rows(
            texts.getOrDefault("run", ""),
            texts.getOrDefault("modelVersion", ""),
            texts.getOrDefault("stagedAt", ""),
            numbers.getOrDefault("scored", 0L),
            numbers.getOrDefault("quarantined", 0L),
            keys,
            scores,
            reasons.stream().findFirst());
    return new PublishedPartition(
        texts.get("identity"), texts.get("directory"), files, Optional.of(rows));
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
