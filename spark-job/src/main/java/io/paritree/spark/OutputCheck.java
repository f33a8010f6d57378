package io.paritree.spark;

import io.paritree.spark.input.InputFile;
import io.paritree.spark.input.InputListing;
import io.paritree.spark.input.PartitionValue;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.PartitionManifest;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds out whether a run may publish to an output. */
final class OutputCheck {
  private final OutputPlace place;
  private final List<String> problems;

  /**
   * @param problems receives what is wrong
   */
  OutputCheck(OutputPlace place, List<String> problems) {
    this.place = place;
    this.problems = problems;
  }

  /**
   * Refuses an output that equals, holds or lies in the input, links resolved.
   *
   * @return whether the output can be looked at further
   */
  boolean checkApart(InputListing input, FileStore inputStore) throws IOException {
    Location real = place.store().real(place.output());
    Set<Location> directories = new LinkedHashSet<>();
    directories.add(inputStore.real(input.root()));
    for (InputFile file : input.files()) {
      directories.add(inputStore.real(file.location()).parent());
    }

    Location realState = place.store().real(place.state());
    for (Location directory : directories) {
      if (liesIn(real, directory) || liesIn(directory, real)) {
        problems.add(
            "output %s and input %s must not be the same or lie in each other"
                .formatted(real, directory));
        return false;
      }

      if (liesIn(directory, realState)) {
        problems.add("input %s lies in the output's state %s".formatted(directory, realState));
        return false;
      }
    }

    return true;
  }

  private static boolean liesIn(Location inner, Location outer) {
    String in = inner.toString();
    String out = outer.toString();
    return in.equals(out) || in.startsWith(out.endsWith("/") ? out : out + "/");
  }

  /** Refuses to replace what Paritree has not written, and to mix two layouts in one output. */
  void checkOurs(List<Target> targets) throws IOException {
    if (place.store().find(place.output()).isEmpty()) {
      return;
    }

    if (!place.store().find(place.output()).orElseThrow().isDirectory()) {
      problems.add("output %s is a file".formatted(place.output()));
      return;
    }

    for (Target target : targets) {
      if (target.before().equals("foreign")) {
        problems.add(
            ("%s holds files that Paritree has not written (there is no %s); choose another"
                    + " output, or replace them with --replace-foreign")
                .formatted(place.partition(target.partition()), PartitionManifest.FILE));
      }
    }

    boolean partitioned = targets.stream().noneMatch(target -> target.partition().isEmpty());
    if (partitioned) {
      checkSiblings(targets);
    }
  }

  private void checkSiblings(List<Target> targets) throws IOException {
    Set<String> columns = new LinkedHashSet<>();
    for (Target target : targets) {
      columns.add(PartitionValue.ofPath(target.partition()).get(0).column());
    }

    for (FileEntry entry : place.store().list(place.output())) {
      String name = entry.location().name();
      boolean alike =
          entry.isDirectory()
              && name.indexOf('=') > 0
              && columns.contains(PartitionValue.ofPath(name).get(0).column());
      boolean hidden = name.startsWith(".");
      if (!alike && !hidden) {
        problems.add(
            ("output %s holds %s, which is no partition of %s; choose another output, or keep it"
                    + " with --replace-foreign")
                .formatted(place.output(), name, columns));
        return;
      }
    }
  }
}
