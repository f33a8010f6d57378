package io.paritree.spark.run;

import com.sun.management.OperatingSystemMXBean;
import io.paritree.model.TestPackages;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Publishes many rows, proves all of them, plants another last bit in one score, and audits: it
 * must be found by its file's digest, and without digests by its key.
 *
 * <p>Run: {@code scripts/faults audit [OPTIONS]}. Exit code 1 if anything was wrong.
 */
final class AuditFaults {
  private static final int BASE = 1_000;
  private static final double NANOS = 1e9;

  private final Path directory;
  private final long rows;
  private final int trees;
  private final List<String> wrong = new ArrayList<>();

  private AuditFaults(Path directory, long rows, int trees) {
    this.directory = directory;
    this.rows = rows;
    this.trees = trees;
  }

  public static void main(String[] arguments) throws Exception {
    long rows = 5_000_000;
    int trees = 100;
    long seed = System.nanoTime();
    Iterator<String> given = List.of(arguments).iterator();
    while (given.hasNext()) {
      switch (given.next()) {
        case "--rows" -> rows = Long.parseLong(given.next());
        case "--trees" -> trees = Integer.parseInt(given.next());
        case "--seed" -> seed = Long.decode(given.next());
        default -> {
          System.err.println("Usage: faults audit [--rows N] [--trees N] [--seed N]");
          System.exit(2);
        }
      }
    }

    Path directory = Files.createTempDirectory("paritree-audit");
    AuditFaults trial = new AuditFaults(directory, rows, trees);
    trial.run(seed);
    FileUtils.deleteDirectory(directory.toFile());
    System.out.println(
        "B1 must 0 wrong: %s (%s rows, %s trees, seed 0x%s)"
            .formatted(
                trial.wrong.isEmpty() ? "PASS" : "FAIL " + trial.wrong,
                rows,
                trees,
                Long.toHexString(seed)));
    System.exit(trial.wrong.isEmpty() ? 0 : 1);
  }

  private void run(long seed) throws Exception {
    Path model = new TestPackages(directory.resolve("models")).binary(1, trees);
    Path input = write(seed);
    Path output = directory.resolve("out");
    expect("score", 0, "", JobRun.ofParcels(model, input, output));
    Object[] all = {"--output", output, "--model", model, "--strict"};
    measured("audit of all rows", 0, "proved", all);
    measured("audit of a tenth", 0, "proved by sample", with(all, "--sample", "0.1"));
    long key = new Random(seed).nextLong(rows);
    ForgedPartition forged = new ForgedPartition(output);
    forged.flip(key);
    measured("a bit, by digest", 7, "were written", "--output", output);
    forged.forgetDigests();
    FileUtils.deleteDirectory(directory.resolve("_paritree").toFile());
    measured("a bit, without digests", 7, "parcel_id=%s: score".formatted(key), all);
  }

  /** Writes rows that all differ. */
  private Path write(long seed) {
    Path base = Parcels.write(directory.resolve("base"), 0, BASE, 0, 1);
    Dataset<Row> records = TestSpark.session().read().parquet(base.toString());
    Dataset<Row> copies = TestSpark.session().range((rows + BASE - 1) / BASE).toDF("copy");
    Path input = directory.resolve("in");
    copies
        .crossJoin(functions.broadcast(records))
        .withColumn("parcel_id", functions.expr("copy * %s + parcel_id".formatted(BASE)))
        .where("parcel_id < " + rows)
        .withColumn("weight", functions.randn(seed).cast("float"))
        .drop("copy")
        .write()
        .parquet(input.toString());
    return input;
  }

  private static Object[] with(Object[] some, Object... more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray();
  }

  private void measured(String what, int exitCode, String text, Object... arguments) {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long begun = System.nanoTime();
    long cpu = system.getProcessCpuTime();
    JobRun run = JobRun.ofAudit(arguments);
    System.out.println(
        "%s: exit %s, %.1f s, %.1f CPU s"
            .formatted(
                what,
                run.exitCode(),
                (System.nanoTime() - begun) / NANOS,
                (system.getProcessCpuTime() - cpu) / NANOS));
    System.out.print(run.out());
    expect(what, exitCode, text, run);
  }

  private void expect(String what, int exitCode, String text, JobRun run) {
    if (run.exitCode() != exitCode || !run.out().contains(text)) {
      wrong.add("%s: exit %s, %s%s".formatted(what, run.exitCode(), run.out(), run.err()));
    }
  }
}
