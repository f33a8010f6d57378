package io.paritree.spark.audit;

import io.paritree.output.RunReport;
import io.paritree.output.StateDirectory;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the runs of an output have left beside it: reports and quarantined rows.
 *
 * @param place of the output
 */
record StoredRuns(OutputPlace place) {

  /** Returns the report of a run by the name of its directory; empty if it was removed. */
  Optional<RunReport> report(String run) throws IOException {
    Location file = place.runs().resolve(run).resolve(StateDirectory.REPORT);
    try {
      return Optional.of(RunReport.fromJson(place.store().read(file), file.toString()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Returns all reports by the names of the runs' directories. */
  Map<String, RunReport> reports() throws IOException {
    Map<String, RunReport> reports = new LinkedHashMap<>();
    for (FileEntry entry : place.listOrNone(place.runs())) {
      String run = entry.location().name();
      Optional<RunReport> report = entry.isDirectory() ? report(run) : Optional.empty();
      report.ifPresent(own -> reports.put(run, own));
    }

    return reports;
  }

  /** Returns the directory of the rows that a run could not score; empty if there is none. */
  Optional<Location> quarantine(String run) throws IOException {
    for (Location directory : StateDirectory.quarantine(place.state(), run)) {
      if (!place.listOrNone(directory).isEmpty()) {
        return Optional.of(directory);
      }
    }

    return Optional.empty();
  }
}
