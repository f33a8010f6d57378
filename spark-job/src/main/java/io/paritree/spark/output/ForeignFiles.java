package io.paritree.spark.output;

import io.paritree.spark.files.Footers;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * Files in an output that no run has written: how many there are, with how many rows.
 *
 * @param hadoop settings of Hadoop's clients
 */
record ForeignFiles(OutputPlace place, Map<String, String> hadoop) {
  private static final String PARQUET = ".parquet";
  private static final int MOST_FOOTERS = 200;
  private static final int MOST_ENTRIES = 1_000;
  private static final int MOST_SHOWN = 3;

  /**
   * Describes the files in some directories, for messages, such as "/out/day=1, which holds 3 files
   * with 60 rows (900 bytes)"; of many, the first ones.
   */
  String in(List<Location> directories) throws IOException {
    List<String> shown = new ArrayList<>();
    for (Location directory : directories.subList(0, Math.min(MOST_SHOWN, directories.size()))) {
      shown.add("%s, which holds %s".formatted(directory, in(directory)));
    }

    int more = directories.size() - shown.size();
    return String.join("; ", shown)
        + (more == 0 ? "" : "; and %s more director%s".formatted(more, more == 1 ? "y" : "ies"));
  }

  private String in(Location directory) throws IOException {
    List<FileEntry> files = new ArrayList<>();
    Deque<FileEntry> open = new ArrayDeque<>();
    place.store().find(directory).ifPresent(open::add);
    for (int seen = 0; !open.isEmpty(); seen++) {
      if (seen == MOST_ENTRIES) {
        return "more than %s files and directories".formatted(MOST_ENTRIES);
      }

      FileEntry entry = open.remove();
      if (entry.isDirectory()) {
        open.addAll(place.listOrNone(entry.location()));
      } else {
        files.add(entry);
      }
    }

    List<FileEntry> data = files.stream().filter(ForeignFiles::isData).toList();
    List<FileEntry> counted = data.isEmpty() ? files : data;
    long bytes = counted.stream().mapToLong(FileEntry::bytes).sum();
    return "%s file%s%s (%s bytes)"
        .formatted(counted.size(), counted.size() == 1 ? "" : "s", rows(data), bytes);
  }

  /**
   * Returns how many rows the data files have, as a part of a sentence; empty if that is unknown.
   */
  private String rows(List<FileEntry> data) {
    if (data.isEmpty() || data.size() > MOST_FOOTERS) {
      return "";
    }

    long rows = 0;
    for (FileEntry file : data) {
      if (!file.location().name().endsWith(PARQUET)) {
        return "";
      }

      try {
        rows += Footers.rows(file.location(), hadoop);
      } catch (IOException | RuntimeException e) {
        return "";
      }
    }

    return " with %s row%s".formatted(rows, rows == 1 ? "" : "s");
  }

  private static boolean isData(FileEntry file) {
    String name = file.location().name();
    return !name.startsWith("_") && !name.startsWith(".");
  }
}
