package io.paritree.lookup;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.JsonMembers;
import io.paritree.json.JsonText;
import io.paritree.json.StrictJson;
import io.paritree.output.DamagedFileException;
import io.paritree.output.PartitionManifest;
import io.paritree.output.PartitionValue;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which indexes belong to the version of a table that a run's commit makes: the content of {@code
 * table.json} in the directory of the run's indexes, which is written before the commit.
 *
 * @param base the version on which the commit is based
 * @param runs the name of the directory of the run whose index belongs to a partition, by the
 *     partitions' directories; a partition that another writer has changed since is absent
 */
public record TableIndexes(long base, Map<String, String> runs) {
  /** The name of the file. */
  public static final String FILE = "table.json";

  private static final long FORMAT = 1;
  private static final int MAX_PARTITIONS = 200_000;

  public TableIndexes {
    runs = Map.copyOf(runs);
  }

  /** Returns the content of {@link #FILE}. */
  public byte[] toJson() {
    return JsonText.of(JsonText.object(this::write));
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeNumberField("format", FORMAT);
    json.writeNumberField("base", base);
    json.writeObjectFieldStart("runs");
    for (Map.Entry<String, String> run : new TreeMap<>(runs).entrySet()) {
      json.writeStringField(run.getKey(), run.getValue());
    }

    json.writeEndObject();
  }

  /**
   * Reads the file; members that this version does not know are ignored.
   *
   * @param where the file, for messages
   * @throws DamagedFileException if it is not what was written, or of another format
   */
  public static TableIndexes fromJson(byte[] content, String where) throws DamagedFileException {
    Map<String, String> runs = new TreeMap<>();
    JsonMembers members;
    try {
      StrictJson json = new StrictJson(where, content);
      Map<String, StrictJson.Value> others =
          Map.of("runs", () -> json.namedValues(path -> run(path, json, runs)));
      members = new JsonMembers(json, Set.of("format", "base"), others).readDocument();
    } catch (BrokenJsonException e) {
      throw new DamagedFileException(e.getMessage(), e);
    }

    if (members.number("format", 0) != FORMAT || members.number("base", -1) < 0) {
      throw new DamagedFileException(
          "Cannot read %s: it is not the list of a table's indexes with \"format\": %s"
              .formatted(where, FORMAT));
    }

    return new TableIndexes(members.number("base", -1), runs);
  }

  private static void run(String path, StrictJson json, Map<String, String> runs)
      throws BrokenJsonException {
    if (runs.size() == MAX_PARTITIONS) {
      throw json.wrong("at most %s partitions".formatted(MAX_PARTITIONS));
    } else if (!PartitionValue.isPath(path)) {
      throw json.wrong("the path of a partition, column=value/column=value");
    }

    String run = json.text();
    if (!PartitionManifest.isRun(run)) {
      throw json.wrong("the name of a run's directory");
    }

    runs.put(path, run);
  }
}
