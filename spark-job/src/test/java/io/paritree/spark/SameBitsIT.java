package io.paritree.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rows and bits of the output are those that are pinned here, for any number of files and
 * cores, and for any engine, JDK, compiler of the JVM and Spark serializer.
 *
 * <p>The package is sealed and stored with the tests, so that nothing depends on the machine that
 * trains. Other JDKs are searched for next to the one that runs the tests, and in {@code
 * PARITREE_OTHER_JAVA_HOME}; if there are none, the pinned digest still compares with the JDKs of
 * all other machines.
 */
class SameBitsIT {
  private static final int ROWS = 6_000;
  private static final int BAD_EVERY = 50;

  /** SHA-256 of all output rows in the order of their keys: changes only with the model. */
  private static final String PINNED =
      "9ef308338b1f169b989bed34abb38f1164c9ec5600cdc27f41461e94c9cd7439";

  private static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";
  private static final String BOTH_COMPILERS = "-XX:TieredStopAtLevel=4";
  private static final String KRYO =
      "-Dspark.serializer=org.apache.spark.serializer.KryoSerializer";

  private static final Path MODEL =
      Path.of(System.getProperty("paritree.root"))
          .resolve("spark-job/src/test/resources/pinned/parcel-late/1");

  @TempDir Path directory;

  /**
   * A way to score the same rows.
   *
   * @param files how many files the input has
   * @param option one more option of the JVM
   */
  record Way(int files, int cores, String engine, Path javaHome, String option) {
    Way(int files, int cores, String engine, Path javaHome) {
      this(files, cores, engine, javaHome, FIRST_COMPILER);
    }
  }

  static Stream<Way> ways() throws IOException {
    TreeMap<Integer, Path> homes = JavaHomes.byVersion();
    homes.remove(Runtime.version().feature());
    Path own = JavaHomes.own();
    return Stream.concat(
        Stream.of(
            new Way(1, 1, "forest", own),
            new Way(40, 4, "forest", own, BOTH_COMPILERS),
            new Way(7, 4, "xgboost", own),
            new Way(2, 2, "forest", own, KRYO)),
        homes.values().stream().map(home -> new Way(5, 2, "forest", home)));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void everyWayGivesThePinnedRowsAndBits(Way way) throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, ROWS, BAD_EVERY, way.files());
    Path output = directory.resolve("out");
    Path log = directory.resolve("job.log");

    Object[] arguments = {
      "--model",
      MODEL,
      "--input",
      input,
      "--output",
      output,
      "--keys",
      "parcel_id",
      "--pass",
      "note,carrier",
      "--margin",
      "--engine",
      way.engine()
    };
    List<String> options = List.of("-Dspark.master=local[%s]".formatted(way.cores()), way.option());

    Process job =
        way.javaHome().equals(JavaHomes.own())
            ? JobProcess.startPackaged(options, log, arguments)
            : JobProcess.start(
                way.javaHome(),
                JobProcess.packaged(),
                options,
                log,
                ScoreMain.class.getName(),
                arguments);

    assertThat(JobProcess.exitCode(job)).as(Files.readString(log)).isZero();
    List<Row> rows = ScoringJobTest.read(output).orderBy("parcel_id").collectAsList();
    assertThat(rows).hasSize(ROWS - ROWS / BAD_EVERY);
    assertThat(digest(rows)).isEqualTo(PINNED);
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
