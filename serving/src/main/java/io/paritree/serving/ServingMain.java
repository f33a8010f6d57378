package io.paritree.serving;

import io.paritree.ModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Serves models over HTTP until it is told to stop.
 *
 * <p>Exit codes: 0 stopped by SIGTERM or SIGINT, after every accepted request was answered or the
 * stop timeout was over; 2 wrong usage or configuration; 3 a port cannot be listened on, or a file
 * not be read or written; 6 a model is refused; 1 anything else. A server that cannot start fully
 * does not start.
 */
@Command(
    name = "serve",
    description = "Serves models over HTTP until it is told to stop (SIGTERM or Ctrl-C).",
    sortOptions = false,
    footer = {
      "",
      "Exit codes: 0 stopped as told; 2 wrong usage or configuration; 3 a port or a file is refused;",
      "6 a model is refused; 1 anything else."
    })
public final class ServingMain implements Callable<Integer> {
  private static final int RUNNING = -1;
  private static final int USAGE = 2;
  private static final int REFUSED = 3;
  private static final int MODEL_REFUSED = 6;

  @Option(
      names = "--model",
      paramLabel = "NAME|PATH",
      description =
          "What to serve: a package directory, STORE/NAME[@ALIAS], STORE/NAME/VERSION, a bare model"
              + " file, an MLflow directory, or a plain NAME[@ALIAS] of models.store. May be given"
              + " several times. Replaces models.serve.")
  private List<String> models = List.of();

  @Option(names = "--port", paramLabel = "N", description = "The same as --set server.port=N.")
  private Optional<String> port = Optional.empty();

  @Option(
      names = "--conf",
      paramLabel = "FILE",
      description = "Configuration; conf/serving.conf shows every key with its default.")
  private Optional<Path> configuration = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "One key of the configuration, over the file's. May be given several times.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--check",
      description =
          "Starts on free ports, asks itself, stops, and leaves: 0 if the configuration and the"
              + " models are fit to be served.")
  private boolean check;

  @Option(names = "--help", usageHelp = true, description = "Shows this help.")
  private boolean help;

  private final AtomicReference<Serving> serving = new AtomicReference<>();

  private ServingMain() {}

  /** Runs until told to stop; see the class for the exit codes. */
  public static void main(String[] args) {
    int code = new CommandLine(new ServingMain()).execute(args);
    if (code != RUNNING) {
      LogSetup.end();
      System.exit(code);
    }
  }

  @Override
  public Integer call() {
    Thread stop = new Thread(this::stop, "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    int code = start();
    if (code != RUNNING) {
      forget(stop); // the exit code is to be this one
    }

    return code;
  }

  private int start() {
    try {
      ServingConfig config = config();
      if (check) {
        return check(config);
      }

      serving.set(Serving.start(config));
      return RUNNING;
    } catch (ConfigurationException e) {
      return failed(USAGE, e.getMessage());
    } catch (ModelException e) {
      return failed(MODEL_REFUSED, "Model refused: " + e.getMessage());
    } catch (IOException e) {
      return failed(REFUSED, e.getMessage());
    } catch (RuntimeException e) {
      e.printStackTrace();
      return 1;
    }
  }

  private static void forget(Thread stop) {
    try {
      Runtime.getRuntime().removeShutdownHook(stop);
    } catch (IllegalStateException e) {
      // The process is being stopped already.
    }
  }

  private static int check(ServingConfig config)
      throws ConfigurationException, ModelException, IOException {
    Logs.open(config).close(); // the rehearsal itself writes nothing down
    try (Serving rehearsing = Serving.start(config.onFreePorts())) {
      Rehearsal.run(rehearsing, rehearsing.names());
    }

    System.out.println("Fit to be served");
    return 0;
  }

  private ServingConfig config() throws ConfigurationException {
    Map<String, String> overrides = new LinkedHashMap<>(settings);
    port.ifPresent(number -> overrides.put("server.port", number));
    return ServingConfig.read(configuration, overrides).serving(models);
  }

  private static int failed(int code, String message) {
    System.err.println(message);
    return code;
  }

  /** Ends the process with 0, where the signal's own ending would be 143. */
  private void stop() {
    int code = 0;
    Serving running = serving.get();
    try {
      if (running != null) { // null while the models are being opened
        running.close();
      }
    } catch (RuntimeException e) {
      e.printStackTrace();
      code = 1;
    }

    System.out.flush();
    LogSetup.end();
    Runtime.getRuntime().halt(code);
  }
}
