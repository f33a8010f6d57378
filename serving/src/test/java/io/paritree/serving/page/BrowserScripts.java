package io.paritree.serving.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Scripts of Node.js that use the page in Debian's chromium, by playwright-core. The scripts are
 * resources beside this class.
 */
public final class BrowserScripts {
  private static final String CHROMIUM = "/usr/bin/chromium";
  private static final String PLAYWRIGHT = "playwright-core@1.65.1";

  private final Path directory;

  private BrowserScripts(Path directory) {
    this.directory = directory;
  }

  /**
   * Lets npm install playwright-core.
   *
   * @param directory receives the packages
   * @param more packages with their versions
   */
  public static BrowserScripts install(Path directory, String... more)
      throws IOException, InterruptedException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("package.json"), "{\"private\": true}");
    List<String> command =
        new ArrayList<>(
            List.of("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", PLAYWRIGHT));
    command.addAll(List.of(more));
    BrowserScripts scripts = new BrowserScripts(directory);
    scripts.run(scripts.process(command));
    return scripts;
  }

  /** Returns the path of the browser. */
  public static String chromium() {
    return CHROMIUM;
  }

  /** Runs a script; returns what it has printed. */
  String run(String name, String... arguments) throws IOException, InterruptedException {
    return run(node(name, arguments));
  }

  /** Returns the process of a script, which is not started. */
  public ProcessBuilder node(String name, String... arguments) throws IOException {
    Path script = directory.resolve(name);
    try (InputStream in = BrowserScripts.class.getResourceAsStream(name)) {
      Files.write(script, in.readAllBytes());
    }

    List<String> command = new ArrayList<>(List.of("node", script.toString()));
    command.addAll(List.of(arguments));
    return process(command);
  }

  private ProcessBuilder process(List<String> command) {
    return new ProcessBuilder(command).directory(directory.toFile());
  }

  private String run(ProcessBuilder builder) throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory, "output", ".txt");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    try {
      boolean isDone = process.waitFor(10, TimeUnit.MINUTES);
      if (!isDone || process.exitValue() != 0) {
        throw new IOException(
            "Cannot run %s: it %s\n%s"
                .formatted(
                    String.join(" ", builder.command()),
                    isDone ? "ended with " + process.exitValue() : "took 10 minutes",
                    Files.readString(output)));
      }

      return Files.readString(output);
    } finally {
      process.destroyForcibly();
      Files.delete(output);
    }
  }
}
