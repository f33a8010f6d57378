package io.paritree.lookup;

import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.output.ReasonsForm;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An index that a test writes: rows are added, and {@link #write} makes the files of it. */
public final class BuiltIndex {
  private final String partition;
  private final String directory;
  private final KeyForm form;
  private final int scores;
  private final List<ShardWriter> shards = new ArrayList<>();
  private final KeyBytes key = new KeyBytes();
  private Optional<ReasonsForm> reasons = Optional.empty();
  private int rows;
  private int quarantined;

  /**
   * @param shards a power of two
   */
  public BuiltIndex(String partition, String directory, KeyForm form, int scores, int shards) {
    this.partition = partition;
    this.directory = directory;
    this.form = form;
    this.scores = scores;
    for (int shard = 0; shard < shards; shard++) {
      this.shards.add(
          new ShardWriter(IndexManifest.seal(directory, partition, shard), scores, 1 << 13));
    }
  }

  /**
   * Adds a scored row.
   *
   * @param members JSON, such as {@code ,"label":"late"}
   */
  public void add(List<String> values, String members, float... score) {
    byte[] utf8 = members.getBytes(StandardCharsets.UTF_8);
    key(values);
    // By hand: of a row that no server reads, too, which RowBytes refuses.
    ByteBuffer record =
        ByteBuffer.allocate(17 + key.length() + score.length * Float.BYTES + utf8.length);
    record.putLong(key.hash()).putInt(key.length()).put(key.array(), 0, key.length());
    record.put(ShardLayout.SCORED);
    for (float one : score) {
      record.putFloat(one);
    }

    record.putInt(utf8.length).put(utf8);
    add(record.array(), record.position());
    rows++;
  }

  /** Adds a row that could not be scored. */
  public void addQuarantined(List<String> values, String faults) {
    RowBytes row = new RowBytes(16);
    row.addQuarantined(key(values), faults.getBytes(StandardCharsets.UTF_8));
    add(row.array(), row.length());
    quarantined++;
  }

  private void add(byte[] record, int length) {
    shards.get(ShardLayout.shard(key.hash(), shards.size())).add(record, 0, length);
  }

  private KeyBytes key(List<String> values) {
    return key(form, values, key);
  }

  /** Puts the values of a key into {@code key}, and returns it. */
  public static KeyBytes key(KeyForm form, List<String> values, KeyBytes key) {
    key.clear();
    try {
      for (int column = 0; column < values.size(); column++) {
        form.add(column, values.get(column), key);
      }
    } catch (InvalidKeyException e) {
      throw new IllegalArgumentException(e);
    }

    return key;
  }

  /** Says how the reasons of its rows are read. */
  public void setReasons(ReasonsForm form) {
    reasons = Optional.of(form);
  }

  /** Writes the files. */
  public IndexManifest write(Path to) throws IOException {
    return write(to, "identity", "flight-delay/3", "2026-11-25T02:11:09Z");
  }

  /** Writes the files of an index of a partition that was published in this way. */
  public IndexManifest write(Path to, String identity, String version, String scoredAt)
      throws IOException {
    Files.createDirectories(to);
    List<ShardFile> files = new ArrayList<>();
    long repeated = 0;
    for (ShardWriter shard : shards) {
      String name = "shard-" + files.size();
      try (OutputStream out = Files.newOutputStream(to.resolve(name))) {
        BuiltShard built = shard.write(name, out);
        files.add(built.file());
        repeated += built.repeatedKeys();
      }
    }

    List<String> names = new ArrayList<>(List.of("score"));
    for (int score = 1; score < scores; score++) {
      names.add("score_" + score);
    }

    IndexManifest manifest =
        new IndexManifest(
            partition,
            identity,
            directory,
            directory.replaceFirst("-[0-9a-f]{8}$", ""),
            version,
            scoredAt,
            form,
            names,
            reasons,
            rows,
            quarantined,
            repeated,
            0,
            new ScoreSpread(0.5, 0.25f, 0.75f, List.of(0.5f)),
            files);
    Files.write(to.resolve(IndexManifest.FILE), manifest.toJson());
    Files.write(to.resolve(IndexManifest.DIGESTS), manifest.digests());
    return manifest;
  }
}
