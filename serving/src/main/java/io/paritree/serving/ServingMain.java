package io.paritree.serving;

import io.paritree.ModelException;
import io.paritree.config.ConfigurationException;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.config.ServingConfigParser;
import io.paritree.serving.log.Logs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves models over HTTP until a signal stops it.
 *
 * <p>Exit codes: 0 stopped by SIGTERM or SIGINT, after every accepted request was answered or the
 * stop timeout was over; 2 wrong usage or configuration; 3 a port cannot be listened on, or a file
 * cannot be read or written; 6 a model is refused; 1 anything else. A server that cannot start
 * fully does not start. One whose jars are written over ends with 1.
 */
public final class ServingMain {
  private static final int RUNNING = -1;
  private static final int USAGE = 2;
  private static final int REFUSED = 3;
  private static final int MODEL_REFUSED = 6;

  /** How many references a line of the processor's cache has: 64 bytes of 4. */
  private static final String REFERENCES = "org.eclipse.jetty.util.referencesPerCacheLine";

  private static final String REPLACED =
      "Cannot continue: %s was written over while the server runs from it, so that it cannot load its classes; start the server again, and rename new files into the place of old ones";

  private static final Logger LOG = LoggerFactory.getLogger(ServingMain.class);

  private boolean json; // whether the log is JSON; before the configuration is read, it is not
  private final AtomicReference<Serving> serving = new AtomicReference<>();

  private ServingMain() {}

  /** Runs until a signal stops it; see the class for the exit codes. */
  public static void main(String[] args) {
    try {
      SystemLimits.checkFiles(); // before the log is used, whose library is a file
    } catch (ConfigurationException e) {
      System.exit(new ServingMain().failed(USAGE, e.getMessage()));
    }

    // Without it Jetty asks the JVM, by way of all of JMX, which is a part of each start.
    System.getProperties().putIfAbsent(REFERENCES, "16");
    int code = new ServingMain().run(args);
    if (code != RUNNING) {
      LogSetup.end();
      System.exit(code);
    }
  }

  private int run(String[] arguments) {
    Thread stop = new Thread(this::stop, "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    int code = start(arguments);
    if (code != RUNNING) {
      forget(stop); // otherwise the hook would change the exit code
    }

    return code;
  }

  private int start(String[] arguments) {
    try {
      ServeOptions options = ServeOptions.of(arguments);
      if (options.help()) {
        System.out.print(ServeOptions.HELP);
        return 0;
      }

      ServingConfig config =
          ServingConfigParser.read(
              options.configuration(), options.settings(), options.scores(), options.models());
      json = config.log().format() == ServingConfig.Log.Format.JSON;
      if (json) {
        LogSetup.useJson();
      }

      if (options.check()) {
        return check(config);
      }

      serving.set(Serving.start(config));
      ProgramFiles.watch(System.getProperty("java.class.path"), this::replaced);
      return RUNNING;
    } catch (ConfigurationException e) {
      return failed(USAGE, e.getMessage());
    } catch (ModelException e) {
      return failed(MODEL_REFUSED, "Model refused: " + e.getMessage());
    } catch (IOException e) {
      return failed(REFUSED, e.getMessage());
    } catch (RuntimeException e) {
      if (json) {
        LOG.error("The server cannot start", e);
      } else {
        e.printStackTrace();
      }

      return 1;
    }
  }

  private static void forget(Thread stop) {
    try {
      Runtime.getRuntime().removeShutdownHook(stop);
    } catch (IllegalStateException e) {
      // The process is already being stopped.
    }
  }

  private static int check(ServingConfig config)
      throws ConfigurationException, ModelException, IOException {
    Logs.open(config).close(); // checks the log files; the rehearsal has no logs
    try (Serving rehearsing = Serving.start(config.onFreePorts())) {
      Rehearsal.run(rehearsing, rehearsing.names(), config.tls().on());
    }

    System.out.println("OK: the configuration and the models can be served");
    return 0;
  }

  /** Ends the process at once: an orderly stop would need classes that it can no longer load. */
  private void replaced(Path jar) {
    try {
      failed(1, REPLACED.formatted(jar));
      System.err.flush();
    } finally {
      Runtime.getRuntime().halt(1);
    }
  }

  private int failed(int code, String message) {
    if (json) {
      LOG.error(message);
    } else {
      System.err.println(message);
    }

    return code;
  }

  /**
   * Stops the server and ends the process with 0, or with 1 if the stop fails; SIGTERM alone would
   * end it with 143.
   */
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
