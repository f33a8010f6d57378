package io.paritree;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.docs.BlockKind;
import io.paritree.docs.Page;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.golden.JsonRecord;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The model's artifact, as a repository has it, serves those who depend on it. */
class PublishedModelIT {
  private static final Path ROOT = Path.of(System.getProperty("paritree.root"));

  @TempDir Path project;
  private PublishedArtifact artifact;

  @BeforeEach
  void find() throws IOException {
    artifact = PublishedArtifact.of("shared-model/core", "paritree-model");
  }

  @Test
  void travelsWithLicencesSbomSourcesAndJavadoc() throws IOException {
    artifact.assertComplete();
    assertThat(artifact.entry("META-INF/THIRD-PARTY.txt"))
        .contains(":fastcsv:", ":jackson-core:", ":snakeyaml-engine:")
        .doesNotContain("picocli", "hadoop", "xgboost4j");
  }

  /** The page's dependency and program, built by a Maven that has never seen this build. */
  @Test
  void theProgramOfThePageCompilesAndScoresWithoutPicocli() throws Exception {
    String program = Page.blockWith(BlockKind.JAVA, "class Score ").text();
    String dependency =
        Page.blockWith(BlockKind.XML, "<artifactId>paritree-model</artifactId>").text();
    assertThat(program.lines().count()).isLessThanOrEqualTo(25);
    write("src/main/java/Score.java", program);
    write("pom.xml", POM.formatted(dependency));
    write("settings.xml", SETTINGS.formatted(System.getProperty("local.repository")));

    String log = run(maven());
    Path classPath = project.resolve("class.path");
    assertThat(classPath).as(log).exists();
    String jars = Files.readString(classPath);
    assertThat(jars.split(File.pathSeparator))
        .extracting(jar -> Path.of(jar).getFileName().toString())
        .anyMatch(jar -> jar.equals("paritree-model-" + artifact.version() + ".jar"))
        .allMatch(jar -> jar.matches("(paritree-model|jackson-.+|fastcsv|snakeyaml-engine)-.*"));

    Path sealed = new TestPackages(project.resolve("models")).binary();
    String record = TestPackages.records(1).get(0);
    List<String> command =
        List.of(
            System.getProperty("java.home") + "/bin/java",
            "-cp",
            project.resolve("target/classes") + File.pathSeparator + jars,
            "Score",
            sealed.toString());
    String output = run(Stream.concat(command.stream(), Stream.of(record)).toList());
    assertThat(Float.parseFloat(output.strip())).isEqualTo(score(sealed, record));
    String faults =
        run(Stream.concat(command.stream(), Stream.of("{\"distance\": \"far\"}")).toList());
    assertThat(faults).contains("'distance' wrong_type", "'weight' missing_value");
  }

  private static float score(Path sealed, String record) throws Exception {
    ScoringModel model = Opening.open(sealed.toString(), EngineKind.FOREST);
    float[] slots = new float[model.engine().width()];
    float[] scores = new float[1];
    JsonRecord.encode(model.schema(), record.getBytes(StandardCharsets.UTF_8), slots, 0);
    model.engine().score(slots, 1, null, scores);
    return scores[0];
  }

  private void write(String name, String content) throws IOException {
    Path file = project.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private List<String> maven() {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("maven.home") + "/bin/mvn");
    command.addAll(List.of("-B", "-q", "-s", "settings.xml"));
    command.add("-Dmaven.repo.local=" + project.resolve("repository"));
    command.add("-Dpublished=" + artifact.repository());
    command.add("-Dmdep.outputFile=class.path");
    command.addAll(List.of(System.getProperty("consumer.goals").split(" ")));
    return command;
  }

  private String run(List<String> command) throws Exception {
    Path log = Files.createTempFile(project, "run", ".log");
    ProcessBuilder builder = new ProcessBuilder(command).directory(project.toFile());
    builder.environment().putIfAbsent("MAVEN_OPTS", MavenClassPath.FIRST_COMPILER);
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(log)).isZero();
      return Files.readString(log);
    } finally {
      process.destroyForcibly();
    }
  }

  private static final String POM =
      """
      <project xmlns="http://maven.apache.org/POM/4.0.0">
        <modelVersion>4.0.0</modelVersion>
        <groupId>org.example</groupId>
        <artifactId>consumer</artifactId>
        <version>1</version>
        <properties>
          <maven.compiler.release>17</maven.compiler.release>
          <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
        </properties>
        <repositories>
          <repository>
            <id>published</id>
            <url>file://${published}</url>
          </repository>
        </repositories>
        <dependencies>
      %s
        </dependencies>
      </project>
      """;

  /**
   * All but the artifact itself comes from what this build has downloaded: no network is needed.
   */
  private static final String SETTINGS =
      """
      <settings>
        <mirrors>
          <mirror>
            <id>downloaded</id>
            <mirrorOf>*,!published</mirrorOf>
            <url>file://%s</url>
          </mirror>
        </mirrors>
      </settings>
      """;
}
