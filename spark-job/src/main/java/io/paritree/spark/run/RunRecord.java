package io.paritree.spark.run;

import io.paritree.output.StateDirectory;
import io.paritree.spark.publish.KeptRuns;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.RunName;
import io.paritree.spark.report.JobReport;
import io.paritree.spark.report.ReportFile;
import io.paritree.spark.settings.JobSettings;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps the report of a run that no group has kept: it was refused, it failed before its first
 * group or between two, or it had nothing to do.
 */
final class RunRecord {
  private RunRecord() {}

  /**
   * Writes the report to where the reports of groups are.
   *
   * @param output where the run was to publish; empty if the name of a table was not looked up
   * @param err receives why that is not possible
   * @return the directory of the report; empty if that is not possible
   */
  static Optional<Location> keep(
      JobSettings settings,
      Optional<String> output,
      Map<String, String> hadoop,
      JobReport report,
      PrintStream err) {
    try {
      if (output.isEmpty()) {
        throw new IOException(
            "it is not known where table %s is".formatted(settings.output().name()));
      }

      OutputPlace place = OutputPlace.of(output.get(), hadoop);
      if (isInInput(place, settings, hadoop)) {
        throw new IOException("%s is inside the input".formatted(place.state()));
      }

      RunName name = RunName.record(settings.runId());
      Location directory = place.runs().resolve(name.toString());
      place.store().replace(directory.resolve(StateDirectory.REPORT), ReportFile.json(report));
      new KeptRuns(place).remove(settings.reporting().keptRuns(), name);
      return Optional.of(directory);
    } catch (IOException | RuntimeException e) {
      err.println("Cannot keep a record of this run: " + e);
      return Optional.empty();
    }
  }

  private static boolean isInInput(
      OutputPlace place, JobSettings settings, Map<String, String> hadoop) throws IOException {
    Location real;
    try {
      Location input = FileStore.located(settings.input().name(), hadoop);
      real = FileStore.of(input, hadoop).real(input);
    } catch (IOException | RuntimeException e) {
      return false; // perhaps the reason why the run was refused
    }

    return real.holds(place.store().real(place.state()));
  }
}
