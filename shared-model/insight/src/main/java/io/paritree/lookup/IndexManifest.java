package io.paritree.lookup;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.paritree.Fault;
import io.paritree.Sha256;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.Documents;
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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

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
@JsonPropertyOrder("format")
public record IndexManifest(
    @JsonProperty(required = true) String partition,
    @JsonProperty(required = true) String identity,
    @JsonProperty(required = true) String directory,
    @JsonProperty(required = true) String run,
    @JsonProperty(required = true) String modelVersion,
    @JsonProperty(required = true) String scoredAt,
    @JsonSetter(nulls = Nulls.FAIL) KeyForm keys,
    List<String> scores,
    Optional<ReasonsForm> reasons,
    @JsonProperty(required = true) long rows,
    @JsonProperty(required = true) long quarantined,
    @JsonProperty(required = true) long repeatedKeys,
    @JsonProperty(required = true) long withoutKey,
    @JsonSetter(nulls = Nulls.FAIL) ScoreSpread spread,
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
  private static final Pattern SHARD = Pattern.compile("[A-Za-z0-9_-]{1,80}");

  /**
   * The file of a shard.
   *
   * @param name its name within the index's directory
   * @param bytes its length
   * @param sha256 its digest, 64 hexadecimal digits
   */
  public record ShardFile(
      @JsonProperty(value = "file", required = true) String name,
      @JsonProperty(required = true) long bytes,
      @JsonProperty(required = true) String sha256)
      implements Serializable {
    public ShardFile {
      if (!SHARD.matcher(name).matches()) {
        throw new IllegalArgumentException("expected the name of a shard's file");
      }
    }
  }

  public IndexManifest {
    scores = List.copyOf(scores);
    shards = List.copyOf(shards);
    if (Integer.bitCount(shards.size()) != 1 || shards.size() > MAX_SHARDS) {
      throw new IllegalArgumentException(
          "The number of shards is a power of two, at most %s".formatted(MAX_SHARDS));
    }
  }

  @JsonProperty
  int format() {
    return FORMAT;
  }

  /** Returns what marks all parts of a shard as its own. */
  public static long seal(String directory, String partition, int shard) {
    byte[] digest =
        Sha256.digest().digest((directory + "\n" + partition).getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.wrap(digest).getLong() + shard;
  }

  /** Returns the content of {@link #FILE}. */
  public byte[] toJson() {
    return Documents.wide(this);
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
      Documents.checkFormat(where, content, FORMAT);
      IndexManifest manifest = Documents.TOLERANT.read(IndexManifest.class, where, content);
      checkMoment(manifest.scoredAt, where);
      if (!Arrays.equals(digests, manifest.digests(content))) {
        throw new DamagedFileException(
            "Cannot read %s: the digests differ from those in %s".formatted(where, DIGESTS));
      }

      return manifest;
    } catch (BrokenJsonException e) {
      throw new DamagedFileException(e.getMessage(), e);
    }
  }

  private static void checkMoment(String text, String where) throws DamagedFileException {
    try {
      Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new DamagedFileException(
          "Cannot read %s at /scored_at: got the text '%s', expected a time in UTC, like 2026-11-25T02:11:09Z"
              .formatted(where, Fault.printable(text, MAX_SHOWN)),
          e);
    }
  }
}
