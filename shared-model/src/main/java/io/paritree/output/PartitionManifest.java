package io.paritree.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonMembers;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The content of a published partition's {@code _paritree.json}.
 *
 * @param partition the partition's directory below the output, as {@code column=value/...}; empty
 *     if the output is not partitioned
 * @param identity SHA-256 of all that the partition's content depends on
 * @param run the id of the run that published it
 * @param directory the name of that run's directory; unique, which run ids need not be
 * @param modelName name of the model
 * @param modelVersion the value of the column {@code model_version}
 * @param modelDigest SHA-256 of the model package
 * @param engine which engine scored
 * @param stagedAt when the files were complete, in UTC
 * @param read rows read from the input
 * @param scored rows in the files
 * @param quarantined rows that could not be scored
 * @param keys the columns of the key, the first ones of the files; empty if the run had none, or if
 *     it is one of a version that did not write this
 * @param scores the columns of the scores, which follow the keys and the passed columns; empty if
 *     the run is one of a version that did not write this
 * @param reasons how the reasons of the rows are read; empty if they have none, or if the run is
 *     one of a version that did not write this
 * @param input what its rows were made of; empty if the run is one of a version that did not write
 *     this
 * @param files the files that hold the rows
 */
public record PartitionManifest(
    String partition,
    String identity,
    String run,
    String directory,
    String modelName,
    String modelVersion,
    String modelDigest,
    String engine,
    String stagedAt,
    long read,
    long scored,
    long quarantined,
    List<String> keys,
    List<String> scores,
    Optional<ReasonsForm> reasons,
    Optional<ScoredInput> input,
    List<DataFile> files) {
  /** The manifest's file name. */
  public static final String FILE = "_paritree.json";

  /** Spark's and Hadoop's mark of a complete directory. */
  public static final String SUCCESS_FILE = "_SUCCESS";

  /** The most bytes of it that a server reads: about 28,000 files. */
  public static final int MAX_BYTES = 6 << 20;

  private static final long FORMAT = 1;
  private static final Set<String> REQUIRED = Set.of("partition", "identity", "directory");
  private static final Set<String> WHOLES = Set.of("format", "read", "scored", "quarantined");

  /** A run's directory is one name: with another, the partition would hide all others. */
  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,200}");

  public PartitionManifest {
    Objects.requireNonNull(partition, "partition");
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(directory, "directory");
    keys = List.copyOf(keys);
    scores = List.copyOf(scores);
    files = List.copyOf(files);
  }

  /** Returns whether a text is the name of a run's directory. */
  public static boolean isRun(String name) {
    return NAME.matcher(name).matches();
  }

  /** Returns a text that differs for any two publications, even of the same identity. */
  public String token() {
    return identity + "@" + directory;
  }

  /** Returns the manifest as indented JSON. */
  public byte[] toJson() {
    return JsonText.wide(JsonText.object(this::write));
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeNumberField("format", FORMAT);
    json.writeStringField("partition", partition);
    json.writeStringField("identity", identity);
    json.writeStringField("run", run);
    json.writeStringField("directory", directory);
    json.writeStringField("modelName", modelName);
    json.writeStringField("modelVersion", modelVersion);
    json.writeStringField("modelDigest", modelDigest);
    json.writeStringField("engine", engine);
    json.writeStringField("stagedAt", stagedAt);
    json.writeNumberField("read", read);
    json.writeNumberField("scored", scored);
    json.writeNumberField("quarantined", quarantined);
    JsonText.array(json, "keys", keys, json::writeString);
    JsonText.array(json, "scores", scores, json::writeString);
    if (reasons.isPresent()) {
      json.writeFieldName("reasons");
      reasons.get().write(json);
    }

    if (input.isPresent()) {
      json.writeFieldName("input");
      input.get().write(json);
    }

    JsonText.objects(json, "files", files, file -> file.write(json));
  }

  /**
   * Returns why no server can read the partition; empty if one can.
   *
   * @param json of the manifest
   */
  public Optional<String> servingProblem(byte[] json) {
    return json.length <= MAX_BYTES
        ? Optional.empty()
        : Optional.of(
            ("Cannot publish '%s' with an index (--lookup-index): its %s has %s bytes for %s files,"
                    + " and servers read at most %s; make fewer files, with more rows or bytes in"
                    + " each")
                .formatted(partition, FILE, json.length, files.size(), MAX_BYTES));
  }

  /**
   * Reads a manifest; members that this version does not know are ignored.
   *
   * @param where the file, for messages
   * @throws DamagedFileException if this is not a manifest
   */
  public static PartitionManifest fromJson(byte[] content, String where)
      throws DamagedFileException {
    try {
      return read(new StrictJson(where, content), where);
    } catch (BrokenJsonException e) {
      throw new DamagedFileException(e.getMessage(), e);
    }
  }

  private static PartitionManifest read(StrictJson json, String where)
      throws BrokenJsonException, DamagedFileException {
    List<String> keys = new ArrayList<>();
    List<String> scores = new ArrayList<>();
    List<ReasonsForm> reasons = new ArrayList<>();
    List<ScoredInput> input = new ArrayList<>();
    List<DataFile> files = new ArrayList<>();
    Map<String, StrictJson.Value> others =
        Map.of(
            "keys", () -> json.list(() -> keys.add(json.text())),
            "scores", () -> json.list(() -> scores.add(json.text())),
            "reasons", () -> reasons.add(ReasonsForm.read(json)),
            "input", () -> input.add(ScoredInput.read(json)),
            "files", () -> json.list(() -> files.add(DataFile.read(json))));
    JsonMembers members = new JsonMembers(json, WHOLES, others).readDocument();
    if (members.number("format", 0) != FORMAT || !members.hasTexts(REQUIRED)) {
      throw new DamagedFileException(
          "Cannot read %s: it is not a partition manifest of this version, with \"format\": %s"
              .formatted(where, FORMAT));
    }

    if (!isRun(members.text("directory", ""))) {
      throw new DamagedFileException(
          "Cannot read %s: \"directory\" is no name of a run's directory".formatted(where));
    }

    return new PartitionManifest(
        members.text("partition", ""),
        members.text("identity", ""),
        members.text("run", ""),
        members.text("directory", ""),
        members.text("modelName", ""),
        members.text("modelVersion", ""),
        members.text("modelDigest", ""),
        members.text("engine", ""),
        members.text("stagedAt", ""),
        members.number("read", 0),
        members.number("scored", 0),
        members.number("quarantined", 0),
        keys,
        scores,
        reasons.stream().findFirst(),
        input.stream().findFirst(),
        files);
  }
}
