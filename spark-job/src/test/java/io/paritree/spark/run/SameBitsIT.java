package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Forms;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rows and bits of the output are those that are pinned here, for any number of files and
 * cores, and for any engine, JDK, compiler of the JVM and Spark serializer.
 *
 * <p>The package is sealed and stored with the tests, so that nothing depends on the machine that
 * trains. With {@code -Dforms.all=true} other JDKs are searched for next to the one that runs the
 * tests, and in {@code PARITREE_OTHER_JAVA_HOME}; the pinned digest compares with those of all
 * other machines, too.
 */
class SameBitsIT {
  private static final int ROWS = 6_000;
  private static final int BAD_EVERY = 50;

  /** SHA-256 of all output rows in the order of their keys: changes only with the model. */
  private static final String PINNED =
      "9ef308338b1f169b989bed34abb38f1164c9ec5600cdc27f41461e94c9cd7439";

  private static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";
  private static final String BOTH_COMPILERS = "-XX:TieredStopAtLevel=4";

  /** It refuses classes that were not registered. */
  private static final List<String> KRYO =
      List.of(
          "spark.serializer=org.apache.spark.serializer.KryoSerializer",
          "spark.kryo.registrationRequired=true",
          "spark.kryo.classesToRegister=java.util.BitSet");

  /** The usual serializer. */
  private static final List<String> USUAL =
      List.of("spark.serializer=org.apache.spark.serializer.JavaSerializer");

  private static final Path MODEL =
      Path.of(System.getProperty("paritree.root"))
          .resolve("spark-job/src/test/resources/pinned/parcel-late/1");

  @TempDir Path directory;

  /**
   * A way to score the same rows.
   *
   * @param files how many files the input has
   * @param settings more settings of Spark
   */
  record Way(int files, int cores, String engine, List<String> settings) {}

  /** The ways that one JVM goes, each with a Spark of its own. */
  record Series(Path javaHome, String compiler, List<Way> ways) {}

  static Stream<Series> series() throws IOException {
    TreeMap<Integer, Path> homes = JavaHomes.byVersion();
    homes.remove(Runtime.version().feature());
    if (!Forms.areAllTried()) {
      homes.clear();
    }

    Path own = JavaHomes.own();
    Way one = new Way(1, 1, "forest", USUAL);
    Way xgboost = new Way(7, 4, "xgboost", USUAL);
    Way kryo = new Way(2, 2, "forest", KRYO);
    return Stream.concat(
        Stream.of(new Series(own, BOTH_COMPILERS, List.of(one, xgboost, kryo))),
        homes.values().stream()
            .map(
                home -> new Series(home, FIRST_COMPILER, List.of(new Way(5, 2, "forest", USUAL)))));
  }

  /** This JVM has the first compiler only. */
  @Test
  void theFirstCompilerGivesThePinnedRowsAndBits() throws Exception {
    assertThat(ManagementFactory.getRuntimeMXBean().getInputArguments()).contains(FIRST_COMPILER);
    Way way = new Way(9, 2, "forest", USUAL);
    List<Object> arguments = arguments(way);

    JobRun run = JobRun.of(arguments.toArray());

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertHasPinnedRows(way);
  }

  private List<Object> arguments(Way way) {
    Path input =
        Parcels.write(directory.resolve("in-" + way.files()), 0, ROWS, BAD_EVERY, way.files());
    List<Object> arguments = new ArrayList<>(List.of("--model", MODEL, "--input", input));
    arguments.addAll(List.of("--output", output(way), "--keys", "parcel_id"));
    arguments.addAll(List.of("--pass", "note,carrier", "--margin", "--engine", way.engine()));
    if (way.settings().equals(KRYO)) { // also what makes indexes registers its classes
      arguments.add("--lookup-index");
    }

    return arguments;
  }

  @ParameterizedTest
  @MethodSource("series")
  void everyWayGivesThePinnedRowsAndBits(Series series) throws Exception {
    List<Object> words = new ArrayList<>();
    for (Way way : series.ways()) {
      String master = "spark.master=local[%s]".formatted(way.cores());
      List<String> settings = new ArrayList<>(way.settings());
      settings.add(master);
      words.addAll(JobSeries.run(settings, arguments(way)));
    }

    Path program = directory.resolve("program.jar");
    PackagedJob.write(program, List.of(JobSeries.class.getName().replace('.', '/') + ".class"));
    Path log = directory.resolve("job.log");
    List<String> options = List.of(series.compiler());
    String main = JobSeries.class.getName();
    Process job =
        series.javaHome().equals(JavaHomes.own())
            ? JobProcess.startPackaged(program.toString(), options, log, main, words.toArray())
            : JobProcess.start(
                series.javaHome(),
                JobProcess.packaged() + System.getProperty("path.separator") + program,
                options,
                log,
                main,
                words.toArray());

    assertThat(JobProcess.exitCode(job)).as(Files.readString(log)).isZero();
    for (Way way : series.ways()) {
      assertHasPinnedRows(way);
    }
  }

  private void assertHasPinnedRows(Way way) throws Exception {
    List<Row> rows = ScoringJobTest.read(output(way)).orderBy("parcel_id").collectAsList();
    assertThat(rows).hasSize(ROWS - ROWS / BAD_EVERY);
    assertThat(digest(rows)).as(way.toString()).isEqualTo(PINNED);
  }

  private Path output(Way way) {
    return directory.resolve("out-" + way.files());
  }

  private static String digest(List<Row> rows) throws Exception {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    for (Row row : rows) {
      String line =
          "%s|%s|%s|%08x|%08x|%s|%s\n"
              .formatted(
                  row.<Long>getAs("parcel_id"),
                  row.<String>getAs("note"),
                  row.<String>getAs("carrier"),
                  Float.floatToRawIntBits(row.<Float>getAs("score")),
                  Float.floatToRawIntBits(row.<Float>getAs("margin")),
                  row.<String>getAs("label"),
                  row.<String>getAs("model_version"));
      sha256.update(line.getBytes(StandardCharsets.UTF_8));
    }

    return HexFormat.of().formatHex(sha256.digest());
  }
}
