package io.paritree.serving;

import io.paritree.lookup.BuiltIndex;
import io.paritree.lookup.TableIndexes;
import io.paritree.output.StateDirectory;
import io.paritree.serving.Client.Answer;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Two outputs of two days, and what is true of their rows: {@code loans}, and {@code table}, with a
 * log.
 */
final class ServedOutputs {
  static final int KEYS = 400;
  static final String DAY = "day=2026-11-24";
  private static final String OLD = "day=2026-11-23";
  private static final Pattern ROW =
      Pattern.compile(
          "\\{\"key\":\\{\"loan_id\":([0-9]+)\\},\"partition\":\\{\"day\":\"([^\"]+)\"\\},"
              + "\"score\":([0-9.E]+),.*\"label\":\"v([0-9]+)k([0-9]+)\",.*\\}\n",
          Pattern.DOTALL);

  private final Path data;
  private final Path kept;
  private final StoredOutput loans;
  private final Path table;
  private final Map<String, String> days = new HashMap<>(); // of a table's runs
  private final Map<String, Integer> newest = new HashMap<>();
  private int loansRuns;

  ServedOutputs(Path data) throws IOException {
    this.data = data;
    this.kept = data.resolveSibling("kept");
    this.loans = new StoredOutput(data.resolve("loans"), LookupTrial.FORM, 1);
    this.table = data.resolve("table");
    publishLoans(OLD);
    publishLoans(DAY);
    publishTable();
  }

  Map<String, Path> paths() {
    return new TreeMap<>(Map.of("loans", loans.path(), "table", table));
  }

  Path path(Random random) {
    return random.nextBoolean() ? loans.path() : table;
  }

  Path data() {
    return data;
  }

  StoredOutput loans() {
    return loans;
  }

  Path table() {
    return table;
  }

  private void published(String name, int run, String partition) {
    days.put(name + run, partition.substring("day=".length()));
    newest.put(name, run);
  }

  private void publishLoans(String day) throws IOException {
    int run = ++loansRuns;
    loans.publish(day, "m/" + run, index -> add(index, run));
    published("loans", run, day);
    clean();
  }

  /** Returns the score of a key in a publication. */
  private static float score(int run, long key) {
    return run + key / 4_096f;
  }

  private static void add(BuiltIndex index, int run) {
    for (int key = 0; key < KEYS; key++) {
      String label = ",\"label\":\"v%sk%s\"".formatted(run, key);
      index.add(List.of(String.valueOf(key)), label, score(run, key));
    }
  }

  private void publishTable() throws IOException {
    Path log = Files.createDirectories(table.resolve("_delta_log"));
    Files.writeString(log.resolve(commit(0)), "{\"metaData\":{\"id\":\"1\"}}\n");
    Map<String, String> runs = new TreeMap<>();
    for (int run = 1; run <= 2; run++) {
      String day = run == 1 ? OLD : DAY;
      String name = "run%s-%08x".formatted(run, run);
      runs.put(day, name);
      BuiltIndex index = new BuiltIndex(day, name, LookupTrial.FORM, 1, 2);
      add(index, run);
      Location state = StateDirectory.of(Location.of(table.toRealPath()));
      index.write(StateDirectory.index(state, name, day).toPath());
      Files.write(
          StateDirectory.indexes(state).resolve(name).resolve(TableIndexes.FILE).toPath(),
          new TableIndexes(run - 1, runs).toJson());
      Files.writeString(
          log.resolve(commit(run)),
          "{\"remove\":{\"path\":\"a\",\"dataChange\":true}}\n{\"txn\":{\"appId\":\"%s\",\"version\":0}}\n"
              .formatted(name));
      published("table", run, day);
    }
  }

  static String commit(int version) {
    return String.format(Locale.ROOT, "%020d.json", version);
  }

  /** Publishes a partition again, one time in four. */
  void prepare(Random random) throws IOException {
    if (random.nextInt(4) == 0) {
      publishLoans(DAY);
    }
  }

  private void clean() throws IOException {
    try (Stream<Path> all = Files.list(data)) {
      for (Path old :
          all.filter(path -> path.getFileName().toString().startsWith("old-")).toList()) {
        Trial.deleteAll(old);
      }
    }
  }

  /** Keeps what is published now. */
  void keep() throws IOException {
    copy(data, kept);
  }

  /** Puts everything back as it was kept. */
  void mend() throws IOException {
    Trial.deleteAll(data);
    copy(kept, data);
    Trial.deleteAll(kept);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  /**
   * Returns what is wrong with an answer; empty if it is right.
   *
   * @param isWhole whether it must be of the newest partition
   * @param isDeletion whether the newest may count as deleted
   */
  String wrong(String name, int key, Answer answer, boolean isWhole, boolean isDeletion) {
    if (answer.status() == 503 && !isWhole
        || answer.status() == 404 && !isWhole && answer.body().contains("\"stale\":")) {
      return "";
    }

    Matcher row = ROW.matcher(answer.body());
    if (answer.status() != 200 || !row.matches()) {
      return answer.status() + " " + answer.body();
    }

    int run = Integer.parseInt(row.group(4));
    boolean isTrue =
        row.group(1).equals(String.valueOf(key))
            && row.group(5).equals(row.group(1))
            && row.group(2).equals(days.get(name + run))
            && Float.parseFloat(row.group(3)) == score(run, key);
    boolean isNewest = run == newest.get(name) && !answer.body().contains("\"stale\":");
    boolean isMarked = isDeletion || answer.body().contains("\"stale\":");
    return isTrue && (isNewest || !isWhole && isMarked)
        ? ""
        : "wrong row, newest is " + newest.get(name) + ": " + answer.body();
  }
}
