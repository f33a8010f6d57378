package io.paritree.spark.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.Fault;
import io.paritree.json.JsonText;
import io.paritree.output.ReportedDrift;
import io.paritree.output.RunReport.Hold;
import io.paritree.rule.Verdict;
import io.paritree.spark.ending.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is reported of a run to people at once: that rules have fired, or that partitions are held.
 * Its {@code text} is a sentence for a chat.
 */
public final class Notification {
  private static final int MOST_REASONS = 3;
  private static final int MOST_SUSPECTS = 5;
  private static final int MOST_PARTITIONS = 100;
  private static final int MOST_FINDINGS = 10;
  private static final int LONGEST = 300;

  private final JobReport report;
  private final RunQuality quality;

  /** By partition why it is held; empty if only rules have fired. */
  private final Map<String, Optional<Hold>> partitions = new LinkedHashMap<>();

  private Notification(JobReport report, RunQuality quality) {
    this.report = report;
    this.quality = quality;
    report.partitions().held().stream()
        .limit(MOST_PARTITIONS)
        .forEach(held -> partitions.put(held.path(), held.hold()));
    quality.fired().forEach(one -> partitions.putIfAbsent(one.path(), Optional.empty()));
  }

  /** Returns the notification as JSON; empty if there is nothing that people must know at once. */
  public static Optional<byte[]> of(JobReport report, RunQuality quality) {
    boolean isQuiet = report.partitions().held().isEmpty() && quality.fired().isEmpty();
    return isQuiet
        ? Optional.empty()
        : Optional.of(JsonText.compact(JsonText.object(new Notification(report, quality)::write)));
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeStringField("text", text());
    json.writeStringField("run", report.start().run());
    json.writeStringField("output", report.start().output());
    json.writeStringField("outcome", report.outcome().word());
    json.writeNumberField("exit_code", report.exitCode());
    JsonText.objects(
        json,
        "partitions",
        partitions.entrySet(),
        partition -> {
          json.writeStringField("partition", partition.getKey());
          json.writeBooleanField("held", partition.getValue().isPresent());
          JsonText.optional(json, "reason", partition.getValue().map(Hold::reason));
        });
    json.writeArrayFieldStart("rules");
    for (RunQuality.Fired partition : quality.fired()) {
      for (Verdict verdict : partition.verdicts()) {
        json.writeStartObject();
        json.writeStringField("partition", partition.path());
        first(verdict).write(json);
        json.writeEndObject();
      }
    }

    json.writeEndArray();
  }

  private static Verdict first(Verdict all) {
    return new Verdict(
        all.rule(),
        all.isWarning(),
        all.result(),
        all.findings().stream().limit(MOST_FINDINGS).toList(),
        all.absences());
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        "Paritree, %s: %s, exit code %s"
            .formatted(report.start().output(), report.outcome().word(), report.exitCode()));
    int held = report.partitions().held().size();
    int scored = report.partitions().scored().size();
    if (held > 0 && scored > 1) {
      text.append("; %s of %s scored partitions held".formatted(held, scored));
    }

    List<String> reasons = reasons();
    reasons.stream().limit(MOST_REASONS).forEach(reason -> text.append("; ").append(reason));
    int left = Math.max(reasons.size(), quality.firedPartitions()) - MOST_REASONS;
    text.append(left > 0 ? "; and %s more".formatted(left) : "");
    List<String> suspects = suspects(quality.fired());
    if (!suspects.isEmpty()) {
      text.append("; look first at ").append(String.join(", ", suspects));
    }

    report.partitions().scored().stream()
        .flatMap(partition -> partition.drift().stream())
        .map(ReportedDrift::accepted)
        .filter(reason -> !reason.isEmpty())
        .findFirst()
        .ifPresent(reason -> text.append("; published all the same: ").append(reason));
    return Fault.printableLine(text.toString());
  }

  /** Returns where to look first: the first suspect of each partition before any second one. */
  static List<String> suspects(List<RunQuality.Fired> fired) {
    Set<String> suspects = new LinkedHashSet<>();
    for (int rank = 0; rank < MOST_SUSPECTS; rank++) {
      for (RunQuality.Fired one : fired) {
        one.suspects().stream().skip(rank).findFirst().ifPresent(suspects::add);
      }
    }

    return suspects.stream().limit(MOST_SUSPECTS).toList();
  }

  /** Returns what is wrong, the partitions that are held before the others. */
  private List<String> reasons() {
    List<String> reasons = new ArrayList<>();
    Map<String, List<Verdict>> fired =
        quality.fired().stream()
            .collect(Collectors.toMap(RunQuality.Fired::path, RunQuality.Fired::verdicts));
    partitions.forEach(
        (path, hold) -> {
          String name = path.isEmpty() ? "" : path + ": ";
          hold.filter(own -> !own.outcome().equals(Outcome.HELD.word()))
              .ifPresent(own -> reasons.add(name + shortened(own.reason())));
          fired
              .getOrDefault(path, List.of())
              .forEach(verdict -> reasons.add(name + verdict.findings().get(0).text()));
        });

    return reasons;
  }

  private static String shortened(String reason) {
    return reason.length() <= LONGEST ? reason : reason.substring(0, LONGEST) + "...";
  }
}
