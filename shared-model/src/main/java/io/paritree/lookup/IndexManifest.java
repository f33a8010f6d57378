package io.paritree.lookup;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.Fault;
import io.paritree.Sha256;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonMembers;
import io.paritree.json.JsonText;
import io.paritree.json.Documents;
import io.paritree.json.StrictJson;
import io.paritree.output.DamagedFileException;
import io.paritree.output.ReasonsForm;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What an index is of: the content of its {@code lookup.json}.
 *
 * <p>Beside it, {@code lookup.sha256} lists the digests of it and of all shards in the form of
 * {@code sha256sum}; it is written last.
 *
 * @param partition the partition's directory below the output; empty if it is not partitioned
 * @param identity the identity that the partition was published with
 * @param directory the name of the directory of the run that published it; unique
 * @param run the id of that run
 * @param modelVersion the value of the column {@code model_version}
 * @param scoredAt when the rows were complete, in UTC
 * @param keys the columns of the key
 * @param scores the names of the scores' columns, in the order of the outputs
 * @param reasons how the reasons of its rows are read; empty if they have none, or if the run was
 *     of a version that did not record this
 * @param rows scored rows of the partition
 * @param quarantined rows of the partition that could not be scored
 * @param repeatedKeys keys of several rows
 * @param withoutKey rows that are not in the index: a column of their key is null, or they were
 *     quarantined and the quarantine was not kept until the index was built
 * @param spread of the first score
 * @param shards a power of two; a key's is found by the first bits of its hash
 */
public record IndexManifest(
    String partition,
    String identity,
    String directory,
    String run,
    String modelVersion,
    String scoredAt,
    KeyForm keys,
    List<String> scores,
    Optional<ReasonsForm> reasons,
    long rows,
    long quarantined,
    long repeatedKeys,
    long withoutKey,
    ScoreSpread spread,
    List<ShardFile> shards) {
  /** The manifest's file name. */
  public static final String FILE = "lookup.json";

  /** The name of the file with the digests. */
  public static final String DIGESTS = "lookup.sha256";

  /** The most bytes of each of the two; 1,024 shards take about 130,000. */
  public static final int MAX_BYTES = 1 << 20;

  private static final int FORMAT = 1;
  private static final int MAX_SHARDS = 1 << 10;
  private static final int MAX_SHOWN = 60;
  private static final Set<String> WHOLES =
      Set.of("format", "rows", "quarantined", "repeated_keys", "without_key");

  /** The digits of a decimal of the job: one with more makes numbers as long as it says. */
  private static final int MAX_SCALE = 38;

  /**
   * The file of a shard.
   *
   * @param name its name within the index's directory
   * @param bytes its length
   * @param sha256 its digest, 64 hexadecimal digits
   */
  public record ShardFile(String name, long bytes, String sha256) implements Serializable {}

  public IndexManifest {
    scores = List.copyOf(scores);
    shards = List.copyOf(shards);
    if (Integer.bitCount(shards.size()) != 1) {
      throw new IllegalArgumentException("The number of shards is a power of two");
    }
  }

  /** Returns what marks all parts of a shard as its own. */
  public static long seal(String directory, String partition, int shard) {
    byte[] digest =
        Sha256.digest().digest((directory + "\n" + partition).getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.wrap(digest).getLong() + shard;
  }

  /** Returns the content of {@link #FILE}. */
  public byte[] toJson() {
    return JsonText.of(JsonText.object(this::write));
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeNumberField("format", FORMAT);
    json.writeStringField("partition", partition);
    json.writeStringField("identity", identity);
    json.writeStringField("directory", directory);
    json.writeStringField("run", run);
    json.writeStringField("model_version", modelVersion);
    json.writeStringField("scored_at", scoredAt);
    JsonText.array(json, "keys", keys.columns(), key -> write(key, json));
    JsonText.array(json, "scores", scores, json::writeString);
    if (reasons.isPresent()) {
      json.writeFieldName("reasons");
      JsonText.inLine(json, Documents.value(reasons.get()));
    }

    json.writeNumberField("rows", rows);
    json.writeNumberField("quarantined", quarantined);
    json.writeNumberField("repeated_keys", repeatedKeys);
    json.writeNumberField("without_key", withoutKey);
    json.writeFieldName("spread");
    JsonText.inLine(json, JsonText.object(this::writeSpread));
    JsonText.array(json, "shards", shards, shard -> write(shard, json));
  }

  private static void write(KeyColumn key, JsonGenerator json) throws IOException {
    JsonText.inLine(
        json,
        JsonText.object(
            out -> {
              out.writeStringField("name", key.name());
              out.writeStringField("type", key.type().word());
              out.writeNumberField("scale", key.scale());
            }));
  }

  private static void write(ShardFile shard, JsonGenerator json) throws IOException {
    JsonText.inLine(
        json,
        JsonText.object(
            out -> {
              out.writeStringField("file", shard.name());
              out.writeNumberField("bytes", shard.bytes());
              out.writeStringField("sha256", shard.sha256());
            }));
  }

  private void writeSpread(JsonGenerator json) throws IOException {
    json.writeNumberField("mean", spread.mean());
    json.writeNumberField("least", spread.least());
    json.writeNumberField("largest", spread.largest());
    JsonText.array(json, "quantiles", spread.quantiles(), each -> json.writeNumber(each));
  }

  /** Writes both files, with which an index is complete. */
  public void write(FileStore store, Location index) throws IOException {
    byte[] json = toJson();
    if (json.length > MAX_BYTES) {
      throw new IOException(
          "Cannot write %s of '%s': the names of its keys and scores have %s bytes, and at most %s are read"
              .formatted(FILE, partition, json.length, MAX_BYTES));
    }

    store.create(index.resolve(FILE), json);
    store.create(index.resolve(DIGESTS), digests(json));
  }

  /** Returns the content of {@link #DIGESTS}. */
  public byte[] digests() {
    return digests(toJson());
  }

  private byte[] digests(byte[] json) {
    StringBuilder lines = new StringBuilder();
    lines.append(Sha256.hex(json)).append("  ").append(FILE).append('\n');
    shards.forEach(
        shard -> lines.append(shard.sha256()).append("  ").append(shard.name()).append('\n'));
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Returns one of the two files of an index, which somebody else may have written.
   *
   * @throws DamagedFileException if it has more than {@link #MAX_BYTES}, or is no file
   */
  public static byte[] content(FileStore store, Location file) throws IOException {
    try {
      return store.readAtMost(file, MAX_BYTES);
    } catch (UnfitFileException e) {
      throw new DamagedFileException(e.getMessage(), e);
    }
  }

  /**
   * Reads a manifest.
   *
   * @param digests the content of {@link #DIGESTS}
   * @param where the manifest's file, for messages
   * @throws DamagedFileException if it is damaged, or of another format
   */
  public static IndexManifest fromJson(byte[] content, byte[] digests, String where)
      throws DamagedFileException {
    try {
      IndexManifest manifest = read(new StrictJson(where, content), where);
      if (!Arrays.equals(digests, manifest.digests(content))) {
        throw new DamagedFileException(
            "Cannot read %s: the digests differ from those in %s".formatted(where, DIGESTS));
      }

      return manifest;
    } catch (BrokenJsonException | IllegalArgumentException e) {
      throw new DamagedFileException(e.getMessage(), e);
    }
  }

  private static IndexManifest read(StrictJson json, String where) throws BrokenJsonException {
    List<KeyColumn> keys = new ArrayList<>();
    List<String> scores = new ArrayList<>();
    List<ShardFile> shards = new ArrayList<>();
    List<ScoreSpread> spreads = new ArrayList<>();
    List<ReasonsForm> reasons = new ArrayList<>();
    Map<String, StrictJson.Value> others =
        Map.of(
            "keys", () -> json.list(() -> keys.add(key(json))),
            "scores", () -> json.list(() -> scores.add(json.text())),
            "reasons", () -> reasons.add(Documents.TOLERANT.read(ReasonsForm.class, "it", json.raw())),
            "spread", () -> spreads.add(spread(json)),
            "shards", () -> json.list(() -> addShard(json, shards)));
    JsonMembers members = new JsonMembers(json, WHOLES, others).readDocument();
    if (members.number("format") != FORMAT) {
      throw new BrokenJsonException(
          "Cannot read the index: its format is %s, expected %s; a newer version has built it"
              .formatted(members.number("format"), FORMAT));
    }

    return new IndexManifest(
        members.text("partition"),
        members.text("identity"),
        members.text("directory"),
        members.text("run"),
        members.text("model_version"),
        moment(members.text("scored_at"), where),
        new KeyForm(keys),
        scores,
        reasons.stream().findFirst(),
        members.number("rows"),
        members.number("quarantined"),
        members.number("repeated_keys"),
        members.number("without_key"),
        spreads.stream().findFirst().orElse(ScoreSpread.NONE),
        shards);
  }

  private static String moment(String text, String where) throws BrokenJsonException {
    try {
      Instant.parse(text);
      return text;
    } catch (DateTimeParseException e) {
      throw new BrokenJsonException(
          "Cannot read %s at /scored_at: got the text '%s', expected a time in UTC, like 2026-11-25T02:11:09Z"
              .formatted(where, Fault.printable(text, MAX_SHOWN)));
    }
  }

  private static ScoreSpread spread(StrictJson json) throws BrokenJsonException {
    double[] mean = {0};
    float[] ends = {0, 0};
    List<Float> quantiles = new ArrayList<>();
    Map<String, StrictJson.Value> others =
        Map.of(
            "mean", () -> mean[0] = json.realDouble(),
            "least", () -> ends[0] = json.realFloat(),
            "largest", () -> ends[1] = json.realFloat(),
            "quantiles", () -> json.list(() -> quantiles.add(json.realFloat())));
    new JsonMembers(json, Set.of(), others).read();
    return new ScoreSpread(mean[0], ends[0], ends[1], quantiles);
  }

  private static KeyColumn key(StrictJson json) throws BrokenJsonException {
    JsonMembers key = new JsonMembers(json, Set.of("scale"), Map.of()).read();
    long scale = key.number("scale");
    if (scale > MAX_SCALE) {
      throw json.wrong("a scale of at most %s".formatted(MAX_SCALE));
    }

    String word = key.text("type");
    KeyColumn.Type type =
        Stream.of(KeyColumn.Type.values())
            .filter(one -> one.word().equals(word))
            .findFirst()
            .orElseThrow(() -> json.wrong("one of the types of keys"));
    return new KeyColumn(key.text("name"), type, (int) scale);
  }

  private static void addShard(StrictJson json, List<ShardFile> shards) throws BrokenJsonException {
    JsonMembers shard = new JsonMembers(json, Set.of("bytes"), Map.of()).read();
    String file = shard.text("file");
    if (!file.matches("[A-Za-z0-9_-]{1,80}")) {
      throw json.wrong("the name of a shard's file");
    } else if (shards.size() == MAX_SHARDS) {
      throw json.wrong("at most %s shards".formatted(MAX_SHARDS));
    }

    shards.add(new ShardFile(file, shard.number("bytes"), shard.text("sha256")));
  }
}
