package io.paritree.serving;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A process of {@link SlowCallers}. */
final class SlowProcess implements AutoCloseable {
  // server.request-timeout, one look a second, and what a loaded machine needs
  private static final long DRIPPER_SECONDS = 15;

  private final Process process;
  private final BufferedReader output;

  /** Starts it, and waits until so many connections, and those that never read, are open. */
  SlowProcess(int port, int connections, int deaf) throws IOException {
    process =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-classpath",
                System.getProperty("java.class.path"),
                SlowCallers.class.getName(),
                String.valueOf(port),
                String.valueOf(connections),
                String.valueOf(deaf),
                String.valueOf(DRIPPER_SECONDS))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    output = process.inputReader(StandardCharsets.US_ASCII);
    if (!"open".equals(output.readLine())) {
      close();
      throw new IOException("Cannot open %s slow connections; see above".formatted(connections));
    }
  }

  /**
   * What became of the connections that drip or never read.
   *
   * @param deafOpen how many that never read are still open
   * @param slowestMillis how long the one that was closed last was open
   */
  record Closed(long drippers, long closed, long deafOpen, long slowestMillis) {}

  /** Waits until the server has closed all that drip or never read, but not for long. */
  Closed awaitClosed() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
    String line = output.readLine();
    if (line == null) {
      throw new IOException("Cannot tell what became of the slow connections; see above");
    }

    String[] told = line.split(" ");
    return new Closed(
        Long.parseLong(told[0]),
        Long.parseLong(told[1]),
        Long.parseLong(told[2]),
        Long.parseLong(told[3]));
  }

  @Override
  public void close() {
    process.destroy();
  }
}
