package io.paritree.spark;

import io.paritree.spark.sql.Paritree;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Scores the same rows by the job, in streams and by clients of Spark Connect, and compares scores,
 * margins, labels and faults of all of them. {@code scripts/parity prove} has the other ways.
 *
 * <p>Run: {@code scripts/bench job --inside [--rows N] [--only MODELS]}. Exit code 1 if any bit
 * differs.
 */
final class InsideTrial {
  private static final String USAGE =
      "Usage: scripts/bench job --inside [--rows N] [--only MODEL,MODEL]";

  private final long rows;
  private final Path directory;
  private final Path models;

  /** Returns the scored rows of one way. */
  @FunctionalInterface
  private interface Way {
    Dataset<Row> scored() throws Exception;
  }

  private InsideTrial(long rows, Path kept) throws IOException {
    this.rows = rows;
    this.models = kept.resolveSibling("engine");
    this.directory = Files.createTempDirectory(Files.createDirectories(kept), "inside");
  }

  public static void main(String[] arguments) throws Exception {
    long rows = 1_000_000;
    Path kept = Path.of("");
    List<String> only = List.of();
    Iterator<String> given = List.of(arguments).iterator();
    while (given.hasNext()) {
      switch (given.next()) {
        case "--rows" -> rows = Long.parseLong(given.next());
        case "--directory" -> kept = Path.of(given.next());
        case "--only" -> only = List.of(given.next().split(","));
        default -> {
          System.err.println(USAGE);
          System.exit(2);
        }
      }
    }

    InsideTrial trial = new InsideTrial(rows, kept);
    boolean isSame;
    try {
      isSame = trial.run(only);
    } finally {
      delete(trial.directory);
    }

    System.exit(isSame ? 0 : 1);
  }

  private boolean run(List<String> only) throws Exception {
    Map<String, Callable<InsideModel>> subjects =
        new InsideModels(rows, models, directory).all(only);
    if (!subjects.keySet().containsAll(only)) {
      System.err.println(USAGE + "\nModels: " + subjects.keySet());
      System.exit(2);
    }

    boolean isSame = true;
    String newest = Compatibility.LINES.get(Compatibility.LINES.size() - 1);
    try (ConnectServer server =
        ConnectServer.start(
            newest,
            directory.resolve("connect"),
            "spark.master=local[2]",
            "spark.driver.memory=2g")) {
      for (Map.Entry<String, Callable<InsideModel>> subject : subjects.entrySet()) {
        if (only.isEmpty() || only.contains(subject.getKey())) {
          isSame &= isSame(subject.getKey(), subject.getValue().call(), server);
        }
      }
    }

    return isSame;
  }

  private boolean isSame(String name, InsideModel subject, ConnectServer server) throws Exception {
    Path own = directory.resolve(name);
    Path input = own.resolve("in");
    subject.rows().get().write().parquet(input.toString());
    Path output = own.resolve("out");
    JobRun run =
        JobRun.of(
            "--model",
            subject.reference(),
            "--input",
            input,
            "--output",
            output,
            "--keys",
            subject.key(),
            "--margin");
    if (run.exitCode() != 0) {
      throw new IllegalStateException(run.err());
    }

    String expected = digest(ScoredRows.ofJob(output, subject.key()));
    System.out.printf("%s, job: %s%n", name, expected);
    Map<String, Way> ways = new LinkedHashMap<>();
    ways.put(
        "stream by SQL",
        () -> drained(byFunctions(subject, stream(session(subject), input)), own, "a"));
    ways.put(
        "stream by Dataset",
        () -> drained(byDataset(subject, stream(TestSpark.session(), input)), own, "b"));
    boolean isSame = true;
    for (Map.Entry<String, Way> way : ways.entrySet()) {
      isSame &= isSame(name, way.getKey(), expected, digest(way.getValue().scored()));
    }

    List<String> printed =
        server.run(input, subject.key(), own.resolve("c"), subject.store(), subject.model());
    isSame &= isSame(name, "Spark Connect", expected, printed.get(0));
    isSame &= isSame(name, "stream by Spark Connect", expected, printed.get(1));
    delete(own);
    return isSame;
  }

  private static boolean isSame(String name, String way, String expected, String got) {
    boolean isSame = got.equals(expected);
    System.out.printf("%s, %s: %s, %s%n", name, way, got, isSame ? "the same" : "NOT the same");
    return isSame;
  }

  private static String digest(Dataset<Row> scored) {
    return ScoredRows.digest(scored.toLocalIterator());
  }

  private static SparkSession session(InsideModel subject) {
    return SqlSession.of(subject.store(), Map.of("spark.sql.codegen.maxFields", "5000"));
  }

  private static Dataset<Row> byFunctions(InsideModel subject, Dataset<Row> rows) {
    return ScoredRows.byFunction(rows, subject.key(), subject.model());
  }

  private static Dataset<Row> byDataset(InsideModel subject, Dataset<Row> rows) throws Exception {
    return ScoredRows.withCodes(
        Paritree.model(subject.reference())
            .keys(subject.key())
            .withMargin()
            .withFaults()
            .score(rows));
  }

  private static Dataset<Row> read(SparkSession session, Path input) {
    return session.read().parquet(input.toString());
  }

  private static Dataset<Row> stream(SparkSession session, Path input) {
    return session.readStream().schema(read(session, input).schema()).parquet(input.toString());
  }

  private static Dataset<Row> drained(Dataset<Row> stream, Path directory, String sink)
      throws Exception {
    TestSpark.drain(stream, directory.resolve(sink));
    return read(TestSpark.session(), directory.resolve(sink));
  }

  private static void delete(Path directory) throws IOException {
    FileStore.of(Location.of(directory)).delete(Location.of(directory));
  }
}
