package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.docs.Block;
import io.paritree.docs.BlockKind;
import io.paritree.docs.Command;
import io.paritree.docs.Loans;
import io.paritree.docs.Page;
import io.paritree.docs.Program;
import io.paritree.model.command.ReplayMain;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.ServingConfigParser;
import io.paritree.serving.config.TestConfig;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The pages' commands for the server do what the pages say: each {@code scripts/serve} is a server
 * on free ports, each {@code curl} a request to the one that was started last, and a {@code json
 * answer} after it has what is answered, and a {@code scripts/parity replay} reads its log. The
 * job's commands are run in the job's own tests.
 */
class ExamplesTest {
  private static final String PASSWORD = "PARITREE_KEY_STORE_PASSWORD";
  private static final Set<Program> RUN_HERE = Set.of(Program.SERVE, Program.CURL, Program.REPLAY);
  private static final Pattern RELEASED = Pattern.compile("/opt/paritree/([A-Za-z0-9/._-]+)");

  @TempDir static Path directory;

  private Optional<Serving> serving = Optional.empty();
  private Optional<CurlRequest.Answer> answered = Optional.empty();
  private String password = "";

  @BeforeAll
  static void write() throws Exception {
    Loans.write(directory);
    StoredLoans.publish(directory);
  }

  @AfterEach
  void stop() {
    serving.ifPresent(Serving::close);
    serving = Optional.empty();
  }

  static Stream<Page> pagesThatAreRunHere() {
    return Page.with(
        block ->
            switch (block.kind()) {
              case SH_SHELL, HOCON_SERVER, JSON_ANSWER -> true;
              case SH -> !commands(block).isEmpty();
              default -> false;
            });
  }

  /** Returns the commands of a block that are run here. */
  private static List<Command> commands(Block block) {
    return Command.all(block).stream()
        .filter(command -> RUN_HERE.contains(command.program()))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("pagesThatAreRunHere")
  void everyBlockRuns(Page page) throws Exception {
    List<Block> blocks = page.blocks();
    for (int index = 0; index < blocks.size(); index++) {
      Block block = blocks.get(index);
      boolean isAnswered =
          index + 1 < blocks.size() && blocks.get(index + 1).kind() == BlockKind.JSON_ANSWER;
      switch (block.kind()) {
        case SH -> run(commands(block), isAnswered);
        case SH_SHELL -> bash(block);
        case HOCON_SERVER -> configuration(block);
        case JSON_ANSWER -> {
          assertThat(answered).as("%s: a curl before it", block).isPresent();
          answered.get().assertHas(block);
        }
        default -> {}
      }
    }
  }

  private void run(List<Command> commands, boolean isAnswered) throws Exception {
    for (int index = 0; index < commands.size(); index++) {
      Command command = commands.get(index);
      if (command.program() == Program.SERVE) {
        stop();
        serving = start(command);
      } else if (command.program() == Program.REPLAY) {
        stop(); // so that its log is written
        replay(command);
      } else {
        assertThat(serving).as("%s: a server before it", command).isPresent();
        answered = Optional.of(CurlRequest.of(command, directory).send(serving.get()));
        boolean isLast = index == commands.size() - 1;
        if (!isAnswered || !isLast) {
          answered.get().assertIsGood();
        }
      }
    }
  }

  private static void replay(Command command) {
    StringWriter text = new StringWriter();
    PrintWriter both = new PrintWriter(text);
    String[] arguments = command.arguments(directory).toArray(String[]::new);
    int ended = ReplayMain.run(both, both, arguments);
    assertThat(ended).as("%s: %s", command, text).isEqualTo(command.exitCode());
  }

  /** Starts what a command serves; empty if it only shows something. */
  private static Optional<Serving> start(Command command) throws Exception {
    ServeOptions options = options(command);
    ServingConfig config = config(options);
    if (options.help()) {
      return Optional.empty();
    } else if (options.check()) {
      Serving.start(config).close();
      return Optional.empty();
    }

    return Optional.of(Serving.start(config));
  }

  /** Reads the words after the command, but for the one that the script itself reads. */
  private static ServeOptions options(Command command) throws Exception {
    return ServeOptions.of(
        command.arguments(directory).stream()
            .filter(word -> !word.equals("--with-hadoop"))
            .toArray(String[]::new));
  }

  private static ServingConfig config(ServeOptions options) throws Exception {
    Map<String, String> settings = new HashMap<>(options.settings());
    settings.putIfAbsent("scores.index-directory", "\"" + directory.resolve("indexes") + "\"");
    settings.replaceAll((key, value) -> value.replace("=models/", "=" + directory + "/models/"));
    settings.put("log.requests", "off");
    settings.put("models.warm-up-rows", "10");
    boolean isLogged = settings.containsKey("prediction-log.file");
    if (isLogged) { // which a server on free ports, as a rehearsal is one, has not
      settings.put("server.port", "0");
      settings.put("management.port", "0");
    }

    ServingConfig read =
        ServingConfigParser.read(
            options.configuration(), settings, options.scores(), options.models());
    return isLogged ? read : read.onFreePorts();
  }

  /** Runs a block where the files of the page are. */
  private void bash(Block block) throws Exception {
    Path secret = directory.resolve("secret");
    String text =
        "set -euo pipefail\n%s\nprintf %%s \"${%s:-}\" >%s\n"
            .formatted(block.text(), PASSWORD, secret);
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", text);
    builder
        .environment()
        .merge("PATH", javaBin(), (path, more) -> more + File.pathSeparator + path);
    builder.environment().put(PASSWORD, password);
    Process process = builder.directory(directory.toFile()).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", block, printed).isZero();
    password = Files.readString(secret);
  }

  private static String javaBin() {
    return Path.of(System.getProperty("java.home"), "bin").toString();
  }

  /** Writes settings to {@code serving.conf}, which commands after it name, and reads them. */
  private void configuration(Block block) throws Exception {
    String text =
        block
            .text()
            .replace("${" + PASSWORD + "}", "\"" + password + "\"")
            .replace("\"models/", "\"" + directory + "/models/")
            .replace("\"server.p12\"", "\"" + directory + "/server.p12\"");
    Path file = Files.writeString(directory.resolve("serving.conf"), text);
    assertThat(TestConfig.read(Optional.of(file), Map.of())).as("%s", block).isNotNull();
  }

  @Test
  void optionsOfEachCommandThatNeedsAClusterAreRead() throws Exception {
    for (Block block : Page.blocks(BlockKind.SH_CLUSTER).toList()) {
      for (Command command : commands(block)) {
        assertThat(config(options(command))).as(command.toString()).isNotNull();
      }
    }
  }

  /** A release has the paths of the sources below its own directory. */
  @Test
  void commandsForRootAreReadByBashAndTheirFilesAreThere() throws Exception {
    for (Block block : Page.blocks(BlockKind.SH_ROOT).toList()) {
      Process process = new ProcessBuilder("bash", "-n", "-c", block.text()).start();
      String printed = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as("%s: %s", block, printed).isZero();
      Matcher paths = RELEASED.matcher(block.text());
      while (paths.find()) {
        assertThat(Page.ROOT.resolve(paths.group(1))).as(block.toString()).exists();
      }
    }
  }

  /** Where there is no Node.js, nothing is tried: it is no part of the build. */
  @Test
  void scriptsOfPagesAreJavaScript() throws Exception {
    for (Block block : Page.blocks(BlockKind.JS).toList()) {
      Path file = Files.writeString(directory.resolve("script.mjs"), block.text());
      List<String> command = new ArrayList<>(List.of("node", "--check", file.toString()));
      try {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed =
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", block, printed).isZero();
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("No such file");
      }
    }
  }
}
