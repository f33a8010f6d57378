package io.paritree.spark.tables;

import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which partitions of a table runs have published: a file per run in the state of the output,
 * {@code written-<table>-<run>}, with a line per partition: the number of the commit's version, the
 * identity of the run, which older files lack, and the path.
 *
 * <p>The marks of files say it too, until another program has rewritten all files of a partition
 * ({@code OPTIMIZE}, {@code rewrite_data_files}); commits say it until their history has expired.
 *
 * @param table tells the table from another one that was made in its place; if it is empty, nothing
 *     is recorded
 */
record WrittenPartitions(OutputPlace place, String table) {
  private static final String NAME = "written-";
  private static final int MOST_FILES = 50;

  /**
   * With spaces, lines have no identity. No path has a tab, which is escaped in directory names.
   */
  private static final Pattern LINE =
      Pattern.compile("(?<version>-?[0-9]+)(?: |\\t(?<identity>[^\\t]*)\\t)(?<partition>[^\\t]*)");

  /**
   * Returns the partitions that runs have recorded, and with which identities as far as these are
   * recorded, without commits that the table was set back from: they say nothing about the rows
   * here.
   *
   * @param isIncluded {@link TableState#includes}
   */
  Map<String, Set<String>> in(LongPredicate isIncluded) throws IOException {
    Map<String, Set<String>> partitions = new TreeMap<>();
    for (String text : lines()) {
      Matcher line = LINE.matcher(text);
      if (line.matches() && isIncluded.test(Long.parseLong(line.group("version")))) {
        Set<String> identities =
            partitions.computeIfAbsent(line.group("partition"), name -> new TreeSet<>());
        Optional.ofNullable(line.group("identity")).ifPresent(identities::add);
      }
    }

    return partitions;
  }

  /**
   * Lists the files again until a list has none that is new: while they are read, a run that has
   * ended may replace several by one, which a list that has begun need not have.
   */
  private Set<String> lines() throws IOException {
    Set<String> lines = new TreeSet<>();
    Set<Location> known = new HashSet<>();
    List<Location> files = files();
    while (known.addAll(files)) {
      lines.addAll(read(files));
      files = files().stream().filter(file -> !known.contains(file)).toList();
    }

    return lines;
  }

  private String prefix() {
    return NAME + table + "-";
  }

  private List<Location> files() throws IOException {
    List<FileEntry> state = table.isEmpty() ? List.of() : place.listOrNone(place.state());
    return state.stream()
        .map(FileEntry::location)
        .filter(file -> file.name().startsWith(prefix()))
        .toList();
  }

  private Set<String> read(List<Location> files) throws IOException {
    Set<String> all = new TreeSet<>();
    for (Location file : files) {
      try {
        new String(place.store().read(file), StandardCharsets.UTF_8).lines().forEach(all::add);
      } catch (NoSuchFileException e) {
        // Another run has merged it, into a file that is listed from now on.
      }
    }

    return all;
  }

  /**
   * Records what a run has published. A failure is no failure of the run, which has published, and
   * whose files are marked.
   *
   * @param run the name of its directory
   * @param version of the table that its commit has made
   */
  void add(String run, long version, Collection<PreparedPartition> partitions) {
    if (table.isEmpty()) {
      return;
    }

    try {
      write(
          run,
          partitions.stream()
              .map(own -> "%s\t%s\t%s".formatted(version, own.identity(), own.partition()))
              .collect(Collectors.toCollection(TreeSet::new)));
      List<Location> files = files();
      if (files.size() > MOST_FILES) {
        merge(run, files);
      }
    } catch (IOException e) {
      // The marks of the files say it as long as nobody rewrites them.
    }
  }

  /**
   * Replaces files by one. No file is written twice, so what another run has merged meanwhile is in
   * a file that this one does not know, and stays.
   */
  private void merge(String run, List<Location> files) throws IOException {
    write(run + "-merged", read(files));
    for (Location file : files) {
      place.store().delete(file);
    }
  }

  /** Writes a file, unless it has no line: others have merged what was to be in it. */
  private void write(String name, Set<String> lines) throws IOException {
    if (lines.isEmpty()) {
      return;
    }

    String text = String.join("\n", lines) + "\n";
    place
        .store()
        .replace(place.state().resolve(prefix() + name), text.getBytes(StandardCharsets.UTF_8));
  }
}
