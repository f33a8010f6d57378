package io.paritree.spark.report;

import io.paritree.Fault;
import io.paritree.output.RunReport.Model;
import io.paritree.output.RunReport.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A report as a short table for the console. */
public final class SummaryTable {
  private static final int MAX_PARTITIONS = 40;
  private static final String WHOLE = "(whole output)";

  private SummaryTable() {}

  /** Returns the table, with a line feed at its end. */
  public static String of(JobReport report) {
    StringBuilder text = new StringBuilder();
    text.append("Run %s: %s\n".formatted(report.start().run(), ending(report)));
    report.start().model().ifPresent(model -> text.append(model(model)));
    text.append(
        "  input   %s%s\n"
            .formatted(
                report.start().input(),
                report.start().inputVersion().isEmpty()
                    ? ""
                    : ", version " + report.start().inputVersion()));
    text.append("  output  %s\n".formatted(report.start().output()));
    if (!report.partitions().scored().isEmpty()) {
      text.append(table(report));
    }

    if (!report.quarantine().codes().isEmpty()) {
      text.append("  quarantined by code: %s\n".formatted(report.quarantine().codes()));
      text.append(ValueTables.faults(report.quarantine()));
      if (!report.quarantine().place().isEmpty()) {
        text.append("  quarantine: %s\n".formatted(report.quarantine().place()));
      }
    }

    text.append(ValueTables.values(report.values()));
    if (report.duplicateKeys() != JobReport.NOT_COUNTED) {
      text.append(
          "  scored rows that repeat a key: %s\n".formatted(grouped(report.duplicateKeys())));
    }

    if (report.scores().count() > 0) {
      text.append(
          "  scores: mean %s, median %s, from %s to %s\n"
              .formatted(
                  (float) report.scores().mean(),
                  report.scores().quantile(0.5),
                  report.scores().min(),
                  report.scores().max()));
    }

    text.append(DriftTable.of(report.partitions().scored()));
    report.challengers().forEach(one -> text.append(challenger(one)));
    boolean isIndexed = report.times().stages().containsKey(JobReport.INDEX_STAGE);
    if (isIndexed && !report.partitions().published().isEmpty()) {
      text.append(
          "  look-up index: built; scripts/serve --scores NAME=%s answers rows by their keys\n"
              .formatted(report.start().output()));
    }

    if (report.rowsPerSecond() > 0) {
      text.append(
          "  %s rows/s while tasks read, scored and wrote\n"
              .formatted(grouped(Math.round(report.rowsPerSecond()))));
    }

    return text.toString();
  }

  static String challenger(ComparedChallenger one) {
    if (!one.leftOut().isEmpty()) {
      return "  challenger %s was left out: %s\n"
          .formatted(one.name(), Fault.printableLine(one.leftOut()));
    }

    String measures =
        one.measures().entrySet().stream()
            .map(of -> String.format(Locale.ROOT, ", %s %.4g", of.getKey(), of.getValue()))
            .collect(Collectors.joining());
    return "  challenger %s, %s: %s rows by both%s; %s\n"
        .formatted(
            one.name(),
            one.reported().version(),
            grouped(one.rows().getOrDefault("both", 0L)),
            measures,
            one.reported().file());
  }

  private static String model(Model model) {
    String line =
        "  model   %s, engine %s%s\n"
            .formatted(
                model.version(),
                model.engine(),
                model.sealed() ? "" : " (unsealed: nothing vouches for it)");
    String rounds = model.earlyStopping();
    line += rounds.isEmpty() ? "" : "  rounds  %s\n".formatted(rounds);
    return model.offsets().isEmpty() ? line : line + "  offset  %s\n".formatted(model.offsets());
  }

  private static String ending(JobReport report) {
    return switch (report.outcome()) {
      case PUBLISHED ->
          report.partitions().before().isEmpty()
              ? "published"
              : "published; published before: " + before(report.partitions().before());
      case ALREADY_PUBLISHED ->
          "already published, nothing to do: " + before(report.partitions().before());
      case CHECKED -> "checked; nothing was written; " + report.message();
      default -> notPublished(report);
    };
  }

  private static String notPublished(JobReport report) {
    String outcome = report.outcome().word();
    JobReport.Partitions partitions = report.partitions();
    List<Partition> held = partitions.held();
    if (partitions.published().isEmpty()) {
      return outcome + ", nothing was published";
    } else if (held.size() < partitions.others().size() || held.isEmpty()) {
      return "%s, nothing of this group was published; published before it: %s"
          .formatted(outcome, before(names(partitions.published())));
    }

    return "%s; held: %s; published: %s"
        .formatted(outcome, before(names(held)), before(names(partitions.published())));
  }

  private static List<String> names(List<Partition> partitions) {
    return partitions.stream().map(Partition::path).toList();
  }

  /** Returns how many partitions there are, and their names. */
  private static String before(List<String> partitions) {
    if (partitions.equals(List.of(""))) {
      return WHOLE;
    }

    int left = partitions.size() - MAX_PARTITIONS;
    return "%s (%s%s)"
        .formatted(
            partitions.size() == 1 ? "1 partition" : partitions.size() + " partitions",
            String.join(", ", partitions.stream().limit(MAX_PARTITIONS).toList()),
            left > 0 ? ", and %s more".formatted(left) : "");
  }

  private static String table(JobReport report) {
    List<String[]> lines = new ArrayList<>();
    lines.add(new String[] {"partition", "read", "scored", "quarantined", "files", "bytes"});
    List<Partition> all = report.partitions().scored();
    int published = report.partitions().published().size();
    for (int at = 0; at < Math.min(MAX_PARTITIONS, all.size()); at++) {
      boolean isLeftOut = published > 0 && at >= published;
      String remark = isLeftOut ? " (not published)" : "";
      lines.add(line(all.get(at), all.get(at).hold().isEmpty() ? remark : " (held)"));
    }

    int left = all.size() - MAX_PARTITIONS;
    if (left > 0) {
      lines.add(new String[] {"(and %s more)".formatted(left), "", "", "", "", ""});
    }

    if (all.size() > 1) {
      lines.add(line(report.total(), ""));
    }

    return AlignedLines.of("  ", "lrrrrr", lines);
  }

  /**
   * @param remark is appended to the partition's name
   */
  private static String[] line(Partition partition, String remark) {
    return new String[] {
      (partition.path().isEmpty() ? WHOLE : partition.path()) + remark,
      grouped(partition.read()),
      grouped(partition.scored()),
      grouped(partition.quarantined()),
      grouped(partition.files().size()),
      grouped(partition.bytes())
    };
  }

  static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
