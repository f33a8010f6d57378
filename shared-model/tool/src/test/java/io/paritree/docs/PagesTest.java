package io.paritree.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.paritree.model.manifest.SchemaParser;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The blocks of the pages say how they are tried, and these here are. */
class PagesTest {
  @TempDir Path directory;

  @Test
  void eachBlockSaysHowItIsTried() {
    List<Block> blocks = Page.all().stream().flatMap(page -> page.blocks().stream()).toList();

    assertThat(blocks).isNotEmpty().allSatisfy(block -> assertThat(block.kind()).isNotNull());
  }

  @Test
  void eachCommandIsOneThatATestTries() {
    Page.blocks(BlockKind.SH, BlockKind.SH_CLUSTER, BlockKind.SH_BUILD)
        .forEach(block -> assertThat(Command.all(block)).as(block.toString()).isNotEmpty());
  }

  @Test
  void commandsOfTheBuildAreThere() throws IOException {
    for (Block block : Page.blocks(BlockKind.SH_BUILD).toList()) {
      for (Command command : Command.all(block)) {
        switch (command.program()) {
          case MVN -> assertProfilesExist(command);
          case TAR -> assertReleaseIsMade(command);
          case GIT -> {}
          default ->
              assertThat(Page.ROOT.resolve(command.program().path()))
                  .as(command.toString())
                  .isExecutable();
        }
      }
    }
  }

  private static void assertProfilesExist(Command command) throws IOException {
    String pom = Files.readString(Page.ROOT.resolve("pom.xml"));
    command.arguments().stream()
        .filter(word -> word.startsWith("-P"))
        .forEach(
            word ->
                assertThat(pom)
                    .as(command.toString())
                    .contains("<id>%s</id>".formatted(word.substring(2))));
  }

  /** The name of an archive has the version that the build gives it, and what it is made of. */
  private static void assertReleaseIsMade(Command command) throws IOException {
    String archive = command.arguments().get(command.arguments().size() - 1);
    Matcher name =
        Pattern.compile("(?:.*/)?paritree-(job|server)-([0-9.]+)\\.tar\\.gz").matcher(archive);
    assertThat(name.matches()).as(command.toString()).isTrue();
    assertThat(Page.ROOT.resolve("scripts/release/%s.xml".formatted(name.group(1)))).exists();
    assertThat(Files.readString(Page.ROOT.resolve("pom.xml")))
        .as(command.toString())
        .contains("<version>%s</version>".formatted(name.group(2)));
  }

  @Test
  void schemasAreSchemas() {
    Page.blocks(BlockKind.JSON_SCHEMA)
        .forEach(
            block ->
                assertThatCode(
                        () ->
                            SchemaParser.fromJson(
                                    block.toString(), block.text().getBytes(StandardCharsets.UTF_8))
                                .schema(block.toString(), slot -> Optional.empty()))
                    .as(block.toString())
                    .doesNotThrowAnyException());
  }

  @Test
  void jsonIsJson() throws IOException {
    for (Block block : Page.blocks(BlockKind.JSON, BlockKind.JSON_ANSWER).toList()) {
      try (JsonParser parser = new JsonFactory().createParser(block.text())) {
        while (parser.nextToken() != null) {}
      } catch (IOException e) {
        throw new AssertionError(block + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void yamlIsYaml() {
    Page.blocks(BlockKind.YAML)
        .forEach(
            block ->
                assertThatCode(
                        () ->
                            new Load(LoadSettings.builder().build())
                                .loadAllFromString(block.text())
                                .forEach(document -> {}))
                    .as(block.toString())
                    .doesNotThrowAnyException());
  }

  /** Where there is no Python, nothing is tried: it is no part of the build. */
  @Test
  void pythonIsPython() throws Exception {
    List<String> command = new ArrayList<>(List.of("python3", "-m", "py_compile"));
    for (Block block : Page.blocks(BlockKind.PYTHON).toList()) {
      Path file = directory.resolve(block.toString().replaceAll("\\W", "_") + ".py");
      command.add(Files.writeString(file, block.text()).toString());
    }

    boolean isThere =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "python3")));
    if (isThere && command.size() > 3) {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(printed).isZero();
    }
  }

  @Test
  void commandsAreReadAsAShellReadsThem() {
    Block block =
        new Block(
            "page.md",
            7,
            "sh",
            """
            export TOKEN="a b"    # a comment
            scripts/model schema --model 'model.ubj' \\
              --rows rows.csv > schema.json
            curl -d '
              {}' URL

            PARITREE_JAVA_OPTS=-Xmx1g scripts/score --conf "x $TOKEN"   # ends with 4
            """);

    List<Command> commands = Command.all(block);

    assertThat(commands).hasSize(3);
    assertThat(commands.get(1).arguments()).containsExactly("-d", "\n  {}", "URL");
    assertThat(commands.get(0).place()).isEqualTo("page.md:8");
    assertThat(commands.get(0).arguments())
        .containsExactly("schema", "--model", "model.ubj", "--rows", "rows.csv");
    assertThat(commands.get(0).output()).contains("schema.json");
    assertThat(commands.get(2).arguments()).containsExactly("--conf", "x a b");
    assertThat(commands.get(2).environment()).containsEntry("PARITREE_JAVA_OPTS", "-Xmx1g");
    assertThat(commands.get(2).exitCode()).isEqualTo(4);
  }

  @Test
  void whatNoTestTriesIsRefused() {
    assertThatThrownBy(() -> new Block("page.md", 7, "bash", "").kind())
        .hasMessageStartingWith("page.md:7: the info string 'bash' says no way");
    assertThatThrownBy(() -> Command.all(new Block("page.md", 7, "sh", "\nrm -r /data\n")))
        .hasMessage("page.md:8: no test tries 'rm' in a block 'sh'");
    assertThatThrownBy(() -> Command.all(new Block("page.md", 7, "sh", "scripts/score | less\n")))
        .hasMessage("page.md:7: no test understands '|'");
  }

  @Test
  void pathsOfTheStoryAreBelowADirectory() {
    Path below = Path.of("/tmp/story");

    assertThat(Loans.real(below, "models/credit@champion"))
        .isEqualTo("/tmp/story/models/credit@champion");
    assertThat(Loans.real(below, "loans=/data/loan_scores"))
        .isEqualTo("loans=/tmp/story/data/loan_scores");
    assertThat(Loans.real(below, "rows.csv")).isEqualTo("/tmp/story/rows.csv");
    assertThat(Loans.real(below, "day=2026-11-24")).isEqualTo("day=2026-11-24");
    assertThat(Loans.real(below, "s3a://lake/models/credit")).isEqualTo("s3a://lake/models/credit");
  }
}
