package io.paritree.lookup;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.paritree.Fault;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.Documents;
import io.paritree.output.DamagedFileException;
import io.paritree.output.PartitionManifest;
import io.paritree.output.PartitionValue;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which indexes belong to the version of a table that a run's commit makes: the content of {@code
 * table.json} in the directory of the run's indexes, which is written before the commit.
 *
 * @param base the version on which the commit is based
 * @param runs the name of the directory of the run whose index belongs to a partition, by the
 *     partitions' directories; a partition that another writer has changed since is absent
 */
@JsonPropertyOrder("format")
public record TableIndexes(@JsonProperty(required = true) long base, Map<String, String> runs) {
  /** The name of the file. */
  public static final String FILE = "table.json";

  private static final int FORMAT = 1;
  private static final int MAX_PARTITIONS = 200_000;

  public TableIndexes {
    runs = Collections.unmodifiableMap(new TreeMap<>(runs));
  }

  @JsonProperty
  int format() {
    return FORMAT;
  }

  /** Returns the content of {@link #FILE}. */
  public byte[] toJson() {
    return Documents.wide(this);
  }

  /**
   * Reads the file; members that this version does not know are ignored.
   *
   * @param where the file, for messages
   * @throws DamagedFileException if it is not what was written, or of another format
   */
  public static TableIndexes fromJson(byte[] content, String where) throws DamagedFileException {
    try {
      Documents.checkFormat(where, content, FORMAT);
      TableIndexes read = Documents.TOLERANT.read(TableIndexes.class, where, content);
      if (read.runs.size() > MAX_PARTITIONS) {
        throw new DamagedFileException(
            "Cannot read %s at /runs: got %s partitions, expected at most %s partitions"
                .formatted(where, read.runs.size(), MAX_PARTITIONS));
      }

      for (Map.Entry<String, String> run : read.runs.entrySet()) {
        check(run.getKey(), run.getValue(), where);
      }

      return read;
    } catch (BrokenJsonException e) {
      throw new DamagedFileException(e.getMessage(), e);
    }
  }

  private static void check(String path, String run, String where) throws DamagedFileException {
    if (!PartitionValue.isPath(path)) {
      throw new DamagedFileException(
          "Cannot read %s at /runs: got '%s', expected the path of a partition, column=value/column=value"
              .formatted(where, Fault.printable(path)));
    } else if (!PartitionManifest.isRun(run)) {
      throw new DamagedFileException(
          "Cannot read %s at /runs: got '%s' for '%s', expected the name of a run's directory"
              .formatted(where, Fault.printable(run), path));
    }
  }
}
