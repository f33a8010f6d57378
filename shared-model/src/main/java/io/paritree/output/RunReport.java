package io.paritree.output;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The content of {@code report.json}: what a run, or one group of it, has done.
 *
 * @param start what was known when it began
 * @param ending how it ended
 * @param rows of the partitions that it has scored
 * @param quarantine the rows that could not be scored
 * @param values missing and unseen values
 * @param duplicateKeys rows that repeat a key of their partition, if they were counted
 * @param scores the distribution of the first score, if there is any
 * @param seconds how long each stage took, in order
 * @param partitions what became of the partitions
 * @param challengers how other models compare with the one that scored
 */
public record RunReport(
    Start start,
    Ending ending,
    Rows rows,
    Quarantine quarantine,
    Values values,
    OptionalLong duplicateKeys,
    Optional<Scores> scores,
    Map<String, Double> seconds,
    Partitions partitions,
    List<ReportedChallenger> challengers) {
  /** The most bytes of it that a server reads: about 50,000 files. */
  public static final int MAX_BYTES = 8 << 20;

  private static final long FORMAT = 1;

  /**
   * What was known of a run when it began.
   *
   * @param run the run's id, which other runs may have too
   * @param startedAt in UTC; the same in all groups of a run
   * @param model what scored; empty if the run ended before its model was opened
   * @param input what was read
   * @param inputVersion the version of the table that was read; empty if it has none
   * @param output where it was published
   */
  public record Start(
      String run,
      String startedAt,
      Optional<Model> model,
      String input,
      String inputVersion,
      String output) {}

  /**
   * The model that scored; a text without a value is empty.
   *
   * @param version the value of the column {@code model_version}
   * @param engine which engine
   * @param sealed whether it is a sealed package
   * @param earlyStopping which rounds score, in a sentence
   * @param offsets with which columns margins begin, in a sentence
   */
  public record Model(
      String name,
      String version,
      String digest,
      String engine,
      boolean sealed,
      String earlyStopping,
      String offsets) {}

  /**
   * How a run ended.
   *
   * @param outcome in a word that never changes
   * @param exitCode of the process
   * @param message why it ended so; empty if it published everything
   * @param groupsLeft how many groups of the run follow this one
   */
  public record Ending(String outcome, int exitCode, String message, int groupsLeft) {}

  /**
   * Numbers of rows.
   *
   * @param perSecond while tasks read, scored and wrote; 0 if that took too short a time
   */
  public record Rows(long read, long scored, long quarantined, long perSecond) {}

  /**
   * The rows that could not be scored.
   *
   * @param place where they are stored; empty if there are none
   * @param codes rows by fault code
   * @param faults rows by field and fault code, the most frequent first
   */
  public record Quarantine(String place, Map<String, Long> codes, List<FaultyRows> faults) {
    public Quarantine {
      codes = ordered(codes);
      faults = List.copyOf(faults);
    }
  }

  /**
   * The quarantined rows with one kind of fault in one field.
   *
   * @param field empty for faults of whole rows
   * @param example what came and what was expected, in one of them: a value of the input; empty if
   *     it must not be shown
   */
  public record FaultyRows(String field, String code, long rows, String example) {}

  /**
   * Missing and unseen values, by feature.
   *
   * @param changed the features of which more or fewer values are missing or unseen than in the
   *     rows that the model was sealed with
   */
  public record Values(Map<String, Long> missing, Map<String, Long> unseen, List<Change> changed) {
    public Values {
      missing = ordered(missing);
      unseen = ordered(unseen);
      changed = List.copyOf(changed);
    }
  }

  /** Shares of missing and unseen values of a feature, 0 to 1, in the run and when sealed. */
  public record Change(
      String feature, double missing, double missingSealed, double unseen, double unseenSealed) {}

  /** The distribution of scores; none of the numbers need be finite. */
  public record Scores(long count, double mean, float min, float max, List<Float> deciles) {
    public Scores {
      deciles = List.copyOf(deciles);
    }
  }

  /**
   * What became of the partitions.
   *
   * @param published how many the run has published: the first ones of {@code scored}
   * @param before how many were published before, or by another run meanwhile
   * @param scored a report on each that was scored
   */
  public record Partitions(int published, int before, List<Partition> scored) {
    public Partitions {
      scored = List.copyOf(scored);
    }

    /** Returns the partitions that the run has published. */
    public List<Partition> ofRun() {
      return scored.subList(0, Math.min(published, scored.size()));
    }

    /** Returns the partitions that are held. */
    public List<Partition> held() {
      return scored.stream().filter(partition -> partition.hold().isPresent()).toList();
    }
  }

  /**
   * One partition of a run.
   *
   * @param path its directory below the output; empty if the output is not partitioned
   * @param identity SHA-256 of all that its content depends on
   * @param hold why it is not published although it was scored
   * @param drift how its rows differ from others; empty if they were not compared
   */
  public record Partition(
      String path,
      String identity,
      long read,
      long scored,
      long quarantined,
      Optional<Hold> hold,
      Optional<ReportedDrift> drift,
      List<DataFile> files) {
    public Partition {
      files = List.copyOf(files);
    }

    /** Returns the report on the same partition, whose rows were compared with others. */
    public Partition compared(ReportedDrift result) {
      return new Partition(
          path, identity, read, scored, quarantined, hold, Optional.of(result), files);
    }

    /** Returns the report on the same partition, which is held. */
    public Partition held(Hold why) {
      return new Partition(
          path, identity, read, scored, quarantined, Optional.of(why), drift, files);
    }

    /** Returns the length of all files. */
    public long bytes() {
      return files.stream().mapToLong(DataFile::bytes).sum();
    }
  }

  /**
   * Why a partition is held: it was scored, and is not published.
   *
   * @param outcome how a run ends that holds a partition for this reason
   * @param reason in a sentence, without the partition's name
   */
  public record Hold(String outcome, String reason) {}

  public RunReport {
    Objects.requireNonNull(start, "start");
    Objects.requireNonNull(ending, "ending");
    seconds = ordered(seconds);
    challengers = List.copyOf(challengers);
  }

  private static <T> Map<String, T> ordered(Map<String, T> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /** Returns the report as indented JSON. */
  public byte[] toJson() {
    return JsonText.wide(JsonText.object(this::write));
  }

  /**
   * Reads a report; members that this version does not know are ignored.
   *
   * @param where the file, for messages
   * @throws DamagedFileException if this is not a report
   */
  public static RunReport fromJson(byte[] content, String where) throws DamagedFileException {
    return new RunReportReader().read(content, where);
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeNumberField("format", FORMAT);
    json.writeStringField("run", start.run());
    json.writeStringField("outcome", ending.outcome());
    json.writeNumberField("exitCode", ending.exitCode());
    json.writeStringField("message", ending.message());
    json.writeStringField("startedAt", start.startedAt());
    json.writeNumberField("groupsLeft", ending.groupsLeft());
    if (start.model().isPresent()) {
      json.writeObjectFieldStart("model");
      write(start.model().get(), json);
      json.writeEndObject();
    }

    json.writeStringField("input", start.input());
    JsonText.optional(json, "inputVersion", start.inputVersion());
    json.writeStringField("output", start.output());
    json.writeNumberField("read", rows.read());
    json.writeNumberField("scored", rows.scored());
    json.writeNumberField("quarantined", rows.quarantined());
    json.writeNumberField("published", partitions.published());
    json.writeNumberField("held", partitions.held().size());
    json.writeNumberField("alreadyPublished", partitions.before());
    if (rows.perSecond() > 0) {
      json.writeNumberField("rowsPerSecond", rows.perSecond());
    }

    json.writeStringField("quarantine", quarantine.place());
    JsonText.counts(json, "codes", quarantine.codes());
    JsonText.objects(json, "faults", quarantine.faults(), fault -> write(fault, json));
    JsonText.counts(json, "missing", values.missing());
    JsonText.counts(json, "unseen", values.unseen());
    JsonText.objects(json, "changed", values.changed(), change -> write(change, json));
    if (duplicateKeys.isPresent()) {
      json.writeNumberField("duplicateKeys", duplicateKeys.getAsLong());
    }

    json.writeObjectFieldStart("scores");
    if (scores.isPresent()) {
      write(scores.get(), json);
    } else {
      json.writeNumberField("count", 0);
    }

    json.writeEndObject();
    json.writeObjectFieldStart("seconds");
    for (Map.Entry<String, Double> stage : seconds.entrySet()) {
      json.writeNumberField(stage.getKey(), stage.getValue());
    }

    json.writeEndObject();
    if (!challengers.isEmpty()) {
      JsonText.objects(json, "challengers", challengers, one -> one.write(json));
    }

    JsonText.objects(json, "partitions", partitions.scored(), one -> write(one, json));
  }

  private static void write(Model model, JsonGenerator json) throws IOException {
    json.writeStringField("name", model.name());
    json.writeStringField("model_version", model.version());
    json.writeStringField("digest", model.digest());
    json.writeStringField("engine", model.engine());
    json.writeBooleanField("sealed", model.sealed());
    JsonText.optional(json, "earlyStopping", model.earlyStopping());
    JsonText.optional(json, "offsets", model.offsets());
  }

  private static void write(FaultyRows fault, JsonGenerator json) throws IOException {
    json.writeStringField("field", fault.field());
    json.writeStringField("code", fault.code());
    json.writeNumberField("rows", fault.rows());
    JsonText.optional(json, "example", fault.example());
  }

  private static void write(Change change, JsonGenerator json) throws IOException {
    json.writeStringField("feature", change.feature());
    json.writeNumberField("missing", change.missing());
    json.writeNumberField("missingSealed", change.missingSealed());
    json.writeNumberField("unseen", change.unseen());
    json.writeNumberField("unseenSealed", change.unseenSealed());
  }

  private static void write(Scores scores, JsonGenerator json) throws IOException {
    json.writeNumberField("count", scores.count());
    json.writeNumberField("mean", scores.mean());
    json.writeNumberField("min", scores.min());
    json.writeNumberField("max", scores.max());
    JsonText.array(json, "deciles", scores.deciles(), json::writeNumber);
  }

  private static void write(Partition partition, JsonGenerator json) throws IOException {
    json.writeStringField("partition", partition.path());
    json.writeStringField("identity", partition.identity());
    json.writeNumberField("read", partition.read());
    json.writeNumberField("scored", partition.scored());
    json.writeNumberField("quarantined", partition.quarantined());
    if (partition.hold().isPresent()) {
      json.writeObjectFieldStart("held");
      json.writeStringField("outcome", partition.hold().get().outcome());
      json.writeStringField("reason", partition.hold().get().reason());
      json.writeEndObject();
    }

    if (partition.drift().isPresent()) {
      json.writeObjectFieldStart("drift");
      partition.drift().get().write(json);
      json.writeEndObject();
    }

    json.writeNumberField("bytes", partition.bytes());
    JsonText.objects(json, "files", partition.files(), file -> file.write(json));
  }
}
