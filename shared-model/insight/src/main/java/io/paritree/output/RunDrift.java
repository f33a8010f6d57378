package io.paritree.output;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.paritree.drift.Drift;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.Documents;
import io.paritree.json.JsonText;
import io.paritree.profile.Profile;
import io.paritree.rule.Verdict;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The content of {@code drift.json}: what the rows of a run, or of one group of it, are like. The
 * same rows give the same bytes. {@link DriftFiles} says which partitions are in which file.
 */
public record RunDrift(@JsonProperty(required = true) List<Partition> partitions) {
  private static final int FORMAT = 1;

  /**
   * One partition that was scored.
   *
   * @param path its directory below the output; empty if the output is not partitioned
   * @param profile empty where an earlier version of the job has left it out
   * @param drifts what it was compared with
   * @param verdicts of the rules
   */
  public record Partition(
      @JsonProperty(value = "partition", required = true) String path,
      Optional<Profile> profile,
      @JsonProperty("baselines") List<Drift> drifts,
      List<Verdict> verdicts) {
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
                Documents.write(partitions.next(), json);
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
    return read(RunDrift.class, content, where);
  }

  /**
   * Returns what it has of some partitions, by their names.
   *
   * @param where the file, for messages
   * @throws DamagedFileException if this is something else
   */
  static Map<String, Partition> partitions(byte[] content, String where, Set<String> paths)
      throws DamagedFileException {
    List<String> names = all(content, where);
    try {
      return Documents.TOLERANT
          .elements(
              Partition.class,
              "it",
              content,
              "partitions",
              place -> paths.contains(names.get(place)))
          .stream()
          .collect(Collectors.toMap(Partition::path, one -> one));
    } catch (BrokenJsonException e) {
      throw damaged(where, e);
    }
  }

  /**
   * Returns the names of its partitions, in their order.
   *
   * @param where the file, for messages
   * @throws DamagedFileException if this is something else, or has no partition
   */
  static List<String> names(byte[] content, String where) throws DamagedFileException {
    List<String> names = all(content, where);
    if (names.isEmpty()) {
      throw new DamagedFileException("Cannot read %s: it has no partition".formatted(where));
    }

    return names;
  }

  private static List<String> all(byte[] content, String where) throws DamagedFileException {
    List<String> names =
        read(Names.class, content, where).partitions.stream().map(Name::partition).toList();
    if (new HashSet<>(names).size() < names.size()) {
      throw new DamagedFileException(
          "Cannot read %s: it has a partition twice, expected each once".formatted(where));
    }

    return names;
  }

  private record Names(@JsonProperty(required = true) List<Name> partitions) {}

  private record Name(@JsonProperty(required = true) String partition) {}

  private static <T> T read(Class<T> type, byte[] content, String where)
      throws DamagedFileException {
    try {
      Documents.checkFormat("it", content, FORMAT);
      return Documents.TOLERANT.read(type, "it", content);
    } catch (BrokenJsonException e) {
      throw damaged(where, e);
    }
  }

  private static DamagedFileException damaged(String where, BrokenJsonException why) {
    return new DamagedFileException(
        "Cannot read %s: it is not the drift of a run: %s".formatted(where, why.getMessage()), why);
  }
}
