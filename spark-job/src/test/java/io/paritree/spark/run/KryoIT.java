package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Spark whose data is serialized by Kryo, which refuses classes that were not registered. On each
 * push {@link SameBitsIT} has one of its runs with it.
 */
@Tag("nightly")
class KryoIT {
  private static final List<String> KRYO =
      List.of(
          "-Dspark.serializer=org.apache.spark.serializer.KryoSerializer",
          "-Dspark.kryo.registrationRequired=true");

  @TempDir Path directory;

  @Test
  void theJobRegistersWhatItSendsBesideWhatItsUserDoes() throws Exception {
    int rows = 20_000;
    Path input = Parcels.write(directory.resolve("in"), 0, rows, 0, 3);
    Path output = directory.resolve("out");
    Path log = directory.resolve("job.log");

    Process job =
        JobProcess.startPackaged(
            with("-Dspark.kryo.classesToRegister=java.util.BitSet"),
            log,
            "--model",
            VersionTrial.MODEL,
            "--input",
            input,
            "--output",
            output,
            "--keys",
            "parcel_id",
            "--lookup-index");

    assertThat(JobProcess.exitCode(job)).as(Files.readString(log)).isZero();
    assertThat(TestSpark.session().read().parquet(output.toString()).count()).isEqualTo(rows);
  }

  private static List<String> with(String option) {
    List<String> options = new ArrayList<>(KRYO);
    options.add(option);
    return options;
  }

  @Test
  void aProgramIsToldWhatToRegisterAndThenScores() throws Exception {
    Path input = Parcels.write(directory.resolve("in"), 0, 1_000, 50, 2);

    List<String> refused = lines(input, KRYO);

    assertThat(refused)
        .hasSize(2)
        .allMatch(line -> line.contains("spark.kryo.registrationRequired"));
    Matcher advice =
        Pattern.compile("start it with (spark\\.kryo\\.classesToRegister=\\S+) beside your own")
            .matcher(refused.get(0));
    assertThat(advice.find()).as(refused.get(0)).isTrue();
    SparkSession plain = TestSpark.session().newSession();
    String model = VersionTrial.MODEL.toString();
    String columns = Parcels.SCHEMA.toDDL();
    List<String> expected =
        new ArrayList<>(KryoProgram.bySql(plain, model, input.toString(), columns));
    expected.addAll(KryoProgram.byDataset(plain, model, input.toString(), columns));
    assertThat(lines(input, with("-D" + advice.group(1)))).isEqualTo(expected).hasSize(2_000);
  }

  /** Returns what comes of a program in a JVM with these options. */
  private List<String> lines(Path input, List<String> options) throws Exception {
    Path tests = JobProcess.jar().resolveSibling("test-classes");
    Path log = directory.resolve("program.log");
    Path out = directory.resolve("lines");
    Process program =
        JobProcess.startPackaged(
            tests.toString(),
            options,
            log,
            KryoProgram.class.getName(),
            VersionTrial.MODEL,
            input,
            Parcels.SCHEMA.toDDL(),
            out);
    assertThat(JobProcess.exitCode(program)).as(Files.readString(log)).isZero();
    return Files.readAllLines(out);
  }
}
