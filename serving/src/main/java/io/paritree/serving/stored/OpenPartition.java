package io.paritree.serving.stored;

import io.paritree.Sha256;
import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.KeyBytes;
import io.paritree.lookup.LookupIndex;
import io.paritree.lookup.StoredEntry;
import io.paritree.output.PartitionValue;
import io.paritree.serving.answer.AnswerForm;
import io.paritree.serving.answer.JsonBytes;
import io.paritree.store.FileEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A published partition whose index is open. Thread-safe. */
public final class OpenPartition {
  private static final int TAG_DIGITS = 32;
  private static final int MOST_DAMAGES = 20;

  /** Changes with the form of answers, since callers keep them by their tags. */
  private static final String FORM = "2";

  private final LookupIndex index;
  private final Map<String, String> values;
  private final String tag;
  private final byte[] partitionJson;
  private final byte[] origin;
  private final AnswerForm form;
  private final long scoredSeconds;
  private volatile String damage = ""; // the first that was found
  private final Set<String> damages = ConcurrentHashMap.newKeySet();
  private volatile DamagedReading failed; // null if no look at the whole index has failed
  private final List<FileEntry> files;

  /**
   * @param files the files of the index, before it was opened
   */
  OpenPartition(LookupIndex index, List<FileEntry> files) {
    this.index = index;
    this.files = List.copyOf(files);
    IndexManifest manifest = index.manifest();
    this.values = PartitionValue.texts(manifest.partition());
    String run = manifest.directory() + "\n" + manifest.partition();
    this.tag = tag(FORM + "\n" + run);
    this.partitionJson = json(manifest.partition());
    this.origin =
        new JsonBytes()
            .raw(",\"model_version\":")
            .string(manifest.modelVersion())
            .raw(",\"run\":")
            .string(manifest.run())
            .raw(",\"scored_at\":")
            .string(manifest.scoredAt())
            .toByteArray();
    this.scoredSeconds = Instant.parse(manifest.scoredAt()).getEpochSecond();
    this.form =
        AnswerForm.of(
            manifest.scores().stream().map(column -> column.replaceFirst("^score_", "")).toList());
  }

  /** Returns an entity tag that differs for any two texts. */
  public static String tag(String text) {
    return '"' + Sha256.hex(text.getBytes(StandardCharsets.UTF_8)).substring(0, TAG_DIGITS) + '"';
  }

  /** Returns what the index says about the partition. */
  public IndexManifest manifest() {
    return index.manifest();
  }

  /** Returns the partition's directory below the output. */
  public String path() {
    return manifest().partition();
  }

  /** Returns the values of the partition by their columns; a value may be null. */
  public Map<String, String> values() {
    return values;
  }

  /** Returns the name of the partition for people. */
  public String name() {
    return path().isEmpty() ? "the output" : path();
  }

  /** Returns how many scored rows it has. */
  public long rows() {
    return manifest().rows();
  }

  /** Returns when its rows were scored, in seconds since 1970. */
  public long scoredSeconds() {
    return scoredSeconds;
  }

  /** Returns the entity tag of all answers from this partition. */
  public String tag() {
    return tag;
  }

  /** Returns the partition as a JSON object. */
  public byte[] partitionJson() {
    return partitionJson;
  }

  /** Returns the members that say where a score comes from, each after a comma. */
  public byte[] origin() {
    return origin;
  }

  /** Returns how the scores of its rows are written. */
  public AnswerForm form() {
    return form;
  }

  /** Looks a key up; see {@link LookupIndex#find}. */
  public Optional<StoredEntry> find(KeyBytes key) throws IOException {
    return index.find(key);
  }

  /** Returns a key of one of its rows; see {@link LookupIndex#someKey}. */
  public Optional<byte[]> someKey(int maxBytes) throws IOException {
    return index.someKey(maxBytes);
  }

  /** Returns why a part of the index could not answer; empty if nothing is known to be wrong. */
  public String damage() {
    return damage;
  }

  /**
   * Keeps why a part of the index could not answer.
   *
   * @return whether that was not known. Of very many damaged parts, it is said of the first only
   */
  public boolean isNewDamage(String why) {
    boolean isNew = !damage.equals(why) && damages.size() < MOST_DAMAGES && damages.add(why);
    if (damage.isEmpty()) {
      damage = why;
    }

    return isNew;
  }

  /** Returns the values of a partition as a JSON object. */
  static byte[] json(String path) {
    JsonBytes json = new JsonBytes().raw('{');
    PartitionValue.texts(path)
        .forEach(
            (column, value) -> {
              json.raw(json.length() == 1 ? "" : ",").string(column).raw(':');
              if (value == null) {
                json.raw("null");
              } else {
                json.string(value);
              }
            });
    return json.raw('}').toByteArray();
  }

  /**
   * Returns whether nothing has to be read again: it has the files that it was opened with, and if
   * a part of them was damaged since, all of them have been read whole a short while ago.
   */
  boolean isKnownIn(List<FileEntry> now, long nanos) {
    DamagedReading last = failed;
    return files.equals(now)
        && (damage.isEmpty() || last != null && last.isStillTrueOf(now.toString(), nanos));
  }

  /** Keeps that the index has been read whole, and why it is damaged. */
  void foundDamaged(DamagedReading look, String why) {
    failed = look;
    damage = why;
  }

  /** Returns how many files are open. */
  int fileCount() {
    return manifest().shards().size();
  }

  void close() throws IOException {
    index.close();
  }
}
