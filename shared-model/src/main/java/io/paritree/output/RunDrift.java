package io.paritree.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.drift.Drift;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonText;
import io.paritree.json.Documents;
import io.paritree.json.StrictJson;
import io.paritree.profile.Profile;
import io.paritree.rule.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The content of {@code drift.json}: what the rows of a run, or of one group of it, are like. The
 * same rows give the same bytes. {@link DriftFiles} says which partitions are in which file.
 */
public record RunDrift(List<Partition> partitions) {

  private static final long FORMAT = 1;

  /**
   * One partition that was scored.
   *
   * @param path its directory below the output; empty if the output is not partitioned
   * @param profile empty where an earlier version of the job has left it out
   * @param drifts what it was compared with
   * @param verdicts of the rules
   */
  public record Partition(
      String path, Optional<Profile> profile, List<Drift> drifts, List<Verdict> verdicts) {
    public Partition {
      drifts = List.copyOf(drifts);
      verdicts = List.copyOf(verdicts);
    }

    /** Returns the comparison with the first of some baselines that there is. */
    public Optional<Drift> first(List<String> baselines) {
      return baselines.stream()
          .flatMap(name -> drifts.stream().filter(one -> one.baseline().equals(name)))
          .findFirst();
    }
  }

  /**
   * What is read of a partition.
   *
   * @param baselines says of which the comparisons are read
   * @param fields says which fields are
   */
  public record Excerpt(Predicate<String> baselines, Predicate<String> fields) {
    public static final Excerpt ALL = new Excerpt(any -> true, any -> true);
  }

  public RunDrift {
    partitions = List.copyOf(partitions);
  }

  /** Returns it as indented JSON. */
  byte[] toJson() {
    return next(partitions.iterator(), Long.MAX_VALUE);
  }

  /**
   * Returns the document of the first of some partitions, as indented JSON, and takes those.
   *
   * @param bytes no partition follows once it has so many
   */
  static byte[] next(Iterator<Partition> partitions, long bytes) {
    return JsonText.wide(
        JsonText.object(
            json -> {
              json.writeNumberField("format", FORMAT);
              json.writeArrayFieldStart("partitions");
              while (partitions.hasNext() && JsonText.bytes(json) < bytes) {
                json.writeStartObject();
                write(partitions.next(), json);
                json.writeEndObject();
              }

              json.writeEndArray();
            }));
  }

  /**
   * Reads it.
   *
   * @param where the file, for messages
   * @throws DamagedFileException if this is something else
   */
  public static RunDrift fromJson(byte[] content, String where) throws DamagedFileException {
    List<Partition> partitions = new ArrayList<>();
    read(content, where, json -> partitions.add(partition(json, any -> true, Excerpt.ALL)));
    return new RunDrift(partitions);
  }

  /**
   * Returns what it has of some partitions, by their names.
   *
   * @param excerpt what is read of them
   * @param where the file, for messages
   * @throws DamagedFileException if this is something else
   */
  static Map<String, Partition> partitions(
      byte[] content, String where, Set<String> paths, Excerpt excerpt)
      throws DamagedFileException {
    Map<String, Partition> found = new HashMap<>();
    read(
        content,
        where,
        json -> {
          Partition one = partition(json, paths::contains, excerpt);
          if (paths.contains(one.path)) {
            found.put(one.path, one);
          }
        });
    return found;
  }

  /**
   * Returns the names of its partitions, in their order.
   *
   * @param where the file, for messages
   * @throws DamagedFileException if this is something else, or has no partition
   */
  static List<String> names(byte[] content, String where) throws DamagedFileException {
    List<String> names = new ArrayList<>();
    read(content, where, json -> names.add(partition(json, any -> false, Excerpt.ALL).path));
    if (names.isEmpty()) {
      throw new DamagedFileException("Cannot read %s: it has no partition".formatted(where));
    }

    return names;
  }

  /** Reads the partition that is the current value. */
  @FunctionalInterface
  private interface PartitionReader {
    void read(StrictJson json) throws BrokenJsonException;
  }

  private static void read(byte[] content, String where, PartitionReader partition)
      throws DamagedFileException {
    try {
      StrictJson json = new StrictJson("it", content);
      json.document(
          () ->
              json.object(
                  Map.of(
                      "format",
                      () -> json.integer(FORMAT, FORMAT),
                      "partitions",
                      () -> json.list(() -> partition.read(json))),
                  Set.of("format", "partitions")));
    } catch (BrokenJsonException e) {
      throw new DamagedFileException(
          "Cannot read %s: it is not the drift of a run: %s".formatted(where, e.getMessage()), e);
    }
  }

  /**
   * Reads a partition; members that only earlier versions have written are skipped.
   *
   * @param isWanted says of its name, which is written first, whether the rest is read
   */
  private static Partition partition(StrictJson json, Predicate<String> isWanted, Excerpt excerpt)
      throws BrokenJsonException {
    List<String> path = new ArrayList<>();
    BooleanSupplier isRead = () -> path.isEmpty() || isWanted.test(path.get(0));
    List<Profile> profile = new ArrayList<>();
    List<Drift> drifts = new ArrayList<>();
    List<Verdict> verdicts = new ArrayList<>();
    json.object(
        Map.of(
            "partition",
            () -> path.add(json.text()),
            "profile",
            () -> read(isRead, json, () -> profile.add(Profile.read(json, excerpt.fields))),
            "baselines",
            () -> read(isRead, json, () -> json.list(() -> readDrift(json, excerpt, drifts))),
            "verdicts",
            () -> read(isRead, json, () -> json.list(() -> verdicts.add(Documents.TOLERANT.read(Verdict.class, "it", json.raw())))),
            "by",
            json::skip,
            "slices",
            json::skip),
        Set.of("partition"));
    return new Partition(path.get(0), profile.stream().findFirst(), drifts, verdicts);
  }

  private static void readDrift(StrictJson json, Excerpt excerpt, List<Drift> drifts)
      throws BrokenJsonException {
    if (json.early("baseline").filter(excerpt.baselines.negate()).isPresent()) {
      json.skip();
    } else {
      drifts.add(Drift.read(json, excerpt.fields));
    }
  }

  private static void read(BooleanSupplier isRead, StrictJson json, StrictJson.Value value)
      throws BrokenJsonException {
    if (isRead.getAsBoolean()) {
      value.read();
    } else {
      json.skip();
    }
  }

  /**
   * Returns all that it has of a partition, as it is written.
   *
   * @param where the file, for messages
   * @return empty if the partition is not in it
   * @throws DamagedFileException if this is something else
   */
  static Optional<byte[]> partition(byte[] content, String where, String path)
      throws DamagedFileException {
    List<byte[]> found = new ArrayList<>();
    read(
        content,
        where,
        json -> {
          byte[] raw = json.raw();
          StrictJson one = new StrictJson("it", raw);
          one.document(
              () -> {
                if (partition(one, path::equals, Excerpt.ALL).path.equals(path)) {
                  found.add(raw);
                }
              });
        });
    return found.stream().findFirst();
  }

  private static void write(Partition partition, JsonGenerator json) throws IOException {
    json.writeStringField("partition", partition.path());
    if (partition.profile().isPresent()) {
      json.writeObjectFieldStart("profile");
      partition.profile().get().write(json);
      json.writeEndObject();
    }

    JsonText.objects(json, "baselines", partition.drifts(), drift -> drift.write(json));
    JsonText.array(json, "verdicts", partition.verdicts(), one -> Documents.write(one, json));
  }
}
