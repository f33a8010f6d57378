package io.paritree.spark.report;

import io.paritree.Fault;
import io.paritree.output.RunReport.Change;
import io.paritree.output.RunReport.FaultyRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What happened to the values of a run, as tables for the console. */
final class ValueTables {
  private static final int SHOWN = 20;
  private static final String MARGIN = "    ";

  private ValueTables() {}

  /** Returns the faults by field, the most frequent first; empty if there are none. */
  static String faults(JobReport.Quarantine quarantine) {
    if (quarantine.faults().isEmpty()) {
      return "";
    }

    List<String[]> lines = new ArrayList<>();
    lines.add(new String[] {"field", "fault", "rows", "example"});
    for (FaultyRows fault : quarantine.faults().stream().limit(SHOWN).toList()) {
      lines.add(
          new String[] {
            fault.field().isEmpty() ? "(whole row)" : Fault.printable(fault.field()),
            fault.code(),
            SummaryTable.grouped(fault.rows()),
            fault.example().isEmpty() ? "(not shown)" : fault.example()
          });
    }

    return "  faults by field:\n"
        + AlignedLines.of(MARGIN, "llrl", lines)
        + more(quarantine.faults().size());
  }

  /**
   * Returns the features whose missing and unseen values changed from the rows that the model was
   * sealed with. If nothing is known of these, unseen values alone.
   */
  static String values(JobReport.Values values) {
    if (values.rows() == 0) {
      return "";
    } else if (values.reference().isEmpty()) {
      return unseen(values)
          + "  missing and unseen values are not compared: the model has no counts of rows; seal it"
          + " with --rows\n";
    }

    String sealed = SummaryTable.grouped(values.reference().get().rows()) + " sealed rows";
    List<Change> changed = values.changed();
    if (changed.isEmpty()) {
      return "  missing and unseen values: as in the %s\n".formatted(sealed);
    }

    List<String[]> lines = new ArrayList<>();
    lines.add(new String[] {"feature", "missing", "sealed", "unseen", "sealed"});
    for (Change one : changed.stream().limit(SHOWN).toList()) {
      lines.add(
          new String[] {
            Fault.printable(one.feature()),
            percent(one.missing()),
            percent(one.missingSealed()),
            percent(one.unseen()),
            percent(one.unseenSealed())
          });
    }

    return "  missing and unseen values that changed from the %s:\n".formatted(sealed)
        + AlignedLines.of(MARGIN, "lrrrr", lines)
        + more(changed.size());
  }

  private static String unseen(JobReport.Values values) {
    List<String[]> lines = new ArrayList<>();
    lines.add(new String[] {"feature", "unseen"});
    List<Map.Entry<String, Long>> found =
        values.unseen().entrySet().stream()
            .filter(feature -> feature.getValue() > 0)
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .toList();
    for (Map.Entry<String, Long> one : found.stream().limit(SHOWN).toList()) {
      lines.add(new String[] {Fault.printable(one.getKey()), SummaryTable.grouped(one.getValue())});
    }

    return found.isEmpty()
        ? ""
        : "  values that are in no vocabulary:\n"
            + AlignedLines.of(MARGIN, "lr", lines)
            + more(found.size());
  }

  private static String more(int found) {
    return found > SHOWN
        ? "%s(and %s more, in report.json)\n".formatted(MARGIN, found - SHOWN)
        : "";
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }
}
