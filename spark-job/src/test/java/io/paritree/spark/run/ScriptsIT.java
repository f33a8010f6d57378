package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the scripts pass on, shown by programs in place of {@code java} and {@code spark-submit}.
 */
class ScriptsIT {
  private static final Path SCRIPTS = Path.of(System.getProperty("paritree.root"), "scripts");

  @TempDir Path directory;
  private Path home;

  @BeforeEach
  void writePrograms() throws Exception {
    home = directory.resolve("home");
    Files.createDirectories(home.resolve("bin"));
    for (String program : List.of("java", "spark-submit", "spark-sql")) {
      Path file = home.resolve("bin").resolve(program);
      Files.writeString(file, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void classPathIsAppendedForTheModelCommandAndTheEmbeddedJob() throws Exception {
    for (String script : List.of("model", "score")) {
      Ran ran = run(script, Map.of("PARITREE_CLASSPATH", "/jars/a.jar:/jars/b.jar"), "--status");

      assertThat(ran.exitCode()).as(ran.text()).isZero();
      assertThat(ran.lines()).anyMatch(line -> line.endsWith(":/jars/a.jar:/jars/b.jar"));
    }
  }

  @Test
  void hadoopsConfigurationIsOnTheClassPath() throws Exception {
    for (String script : List.of("model", "score")) {
      Ran ran = run(script, Map.of("HADOOP_CONF_DIR", "/etc/hadoop"), "--status");

      assertThat(ran.lines()).anyMatch(line -> line.endsWith(":/etc/hadoop"));
    }
  }

  @Test
  void sparkGetsTheJarsAndMakesOneAttemptUnlessToldOtherwise() throws Exception {
    Ran ran =
        run(
            "score",
            Map.of(
                "SPARK_HOME",
                home.toString(),
                "PARITREE_CLASSPATH",
                "/jars/a.jar:/jars/b.jar",
                "PARITREE_SPARK_OPTS",
                "--deploy-mode cluster"),
            "--input",
            "in");

    assertThat(ran.lines())
        .containsSubsequence("--conf", "spark.yarn.maxAppAttempts=1")
        .containsSubsequence("--jars", "/jars/a.jar,/jars/b.jar")
        .containsSubsequence("spark.yarn.maxAppAttempts=1", "--deploy-mode", "cluster", "--input")
        .doesNotContain("client");
  }

  @Test
  void statusIsAskedByTheCallersOwnJvm() throws Exception {
    for (String mode : List.of("--status", "--recover")) {
      Ran ran =
          run(
              "score",
              Map.of(
                  "SPARK_HOME",
                  home.toString(),
                  "PARITREE_SPARK_OPTS",
                  "--master yarn --deploy-mode cluster"),
              mode,
              "--output",
              "out");

      assertThat(ran.lines())
          .containsSubsequence("--deploy-mode", "cluster", "--deploy-mode", "client", mode);
    }
  }

  @Test
  void jarsThatWouldReplaceThoseOfTheClassPathAreRefused() throws Exception {
    Ran ran =
        run(
            "score",
            Map.of(
                "SPARK_HOME",
                home.toString(),
                "PARITREE_CLASSPATH",
                "/jars/a.jar",
                "PARITREE_SPARK_OPTS",
                "--jars /jars/c.jar"));

    assertThat(ran.exitCode()).isEqualTo(2);
    assertThat(ran.text()).contains("PARITREE_CLASSPATH", "--jars");
  }

  @Test
  void optionsOfSparkHoldForTheEmbeddedJobToo() throws Exception {
    Ran ran =
        run(
            "score",
            Map.of("PARITREE_SPARK_OPTS", "--packages io.delta:delta:1 --conf spark.a=b"),
            "--input",
            "in");

    assertThat(ran.exitCode()).as(ran.text()).isZero();
    assertThat(ran.lines())
        .containsSubsequence("org.apache.spark.deploy.SparkSubmit", "--class")
        .containsSubsequence("--packages", "io.delta:delta:1", "--conf", "spark.a=b")
        .containsSubsequence("spark.a=b", "--input", "in");
  }

  @Test
  void masterOfJavasOptionsHoldsBesideOptionsOfSpark() throws Exception {
    Map<String, String> options =
        Map.of(
            "PARITREE_JAVA_OPTS", "-Xmx1g -Dspark.master=local[3]",
            "PARITREE_SPARK_OPTS", "--conf spark.a=b");

    assertThat(run("score", options).lines()).containsSubsequence("--master", "local[3]", "--conf");
  }

  @Test
  void optionsOfSparkHoldInADirectoryWithAnyName() throws Exception {
    Path root = directory.resolve("a 100% #1 [new] größe?");
    Files.createDirectories(root.resolve("bin"));
    for (String script : List.of("score", "common.sh")) {
      Files.copy(SCRIPTS.resolve(script), root.resolve("bin").resolve(script));
    }

    Files.createDirectories(root.resolve("spark-job"));
    Files.writeString(root.resolve("spark-job/spark.classpath"), "lib/a.jar");

    Ran ran = run(root.resolve("bin/score"), Map.of("PARITREE_SPARK_OPTS", "--conf spark.a=b"));

    String settings = "spark.jars.ivySettings=";
    String given =
        ran.lines().stream().filter(line -> line.startsWith(settings)).findFirst().orElseThrow();
    assertThat(new URI(given.substring(settings.length())).getPath())
        .as("as Spark reads it")
        .isEqualTo(root.resolve("conf/packages.xml").toString());
    assertThat(ran.lines()).contains(root.resolve("lib/a.jar").toString());
  }

  @Test
  void optionThatTheEmbeddedJobCannotObeyIsRefused() throws Exception {
    for (String option : List.of("--driver-memory 4g", "--deploy-mode=cluster")) {
      Ran ran = run("score", Map.of("PARITREE_SPARK_OPTS", option));

      assertThat(ran.exitCode()).isEqualTo(2);
      assertThat(ran.text()).contains(option.split("[ =]")[0], "SPARK_HOME");
    }
  }

  @Test
  void sqlStartsAsTheJobDoes() throws Exception {
    Ran ran = run("sql", Map.of("PARITREE_CLASSPATH", "/jars/a.jar"), "--store", "m", "SELECT 1");

    assertThat(ran.lines())
        .containsSubsequence("io.paritree.spark.sql.SqlMain", "--store", "m", "SELECT 1")
        .anyMatch(line -> line.endsWith(":/jars/a.jar"))
        .doesNotContain("io.paritree.spark.run.ScoreMain");
  }

  @Test
  void sqlOfAnInstalledSparkHasTheFunctionsOfTheStore() throws Exception {
    Map<String, String> spark =
        Map.of("SPARK_HOME", home.toString(), "PARITREE_SPARK_OPTS", "--master yarn");

    assertThat(run("sql", spark, "--store", "m", "SELECT 1").lines())
        .containsSubsequence(
            "--conf", "spark.sql.catalog.paritree=io.paritree.spark.sql.ModelCatalog")
        .containsSubsequence("--conf", "spark.sql.catalog.paritree.store=m")
        .endsWith("--master", "yarn", "-e", "SELECT 1");
    assertThat(run("sql", spark, "--file", "x.sql").lines()).endsWith("-f", "x.sql");
    for (List<String> wrong :
        List.of(List.<String>of(), List.of("--store"), List.of("a", "b"), List.of("--other"))) {
      assertThat(run("sql", spark, wrong.toArray(String[]::new)).exitCode()).isEqualTo(2);
    }
  }

  private record Ran(int exitCode, String text) {
    List<String> lines() {
      return text.lines().toList();
    }
  }

  private Ran run(String script, Map<String, String> environment, String... arguments)
      throws Exception {
    return run(SCRIPTS.resolve(script), environment, arguments);
  }

  private Ran run(Path script, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(script.toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    for (String name :
        List.of("SPARK_HOME", "HADOOP_CONF_DIR", "PARITREE_CLASSPATH", "PARITREE_SPARK_OPTS")) {
      builder.environment().remove(name);
    }

    builder.environment().put("PARITREE_BUILT", "1");
    builder.environment().put("JAVA_HOME", home.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ran(process.exitValue(), text);
  }
}
