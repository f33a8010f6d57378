package io.paritree.serving;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A process that runs {@link SlowCallers}. */
final class SlowProcess implements AutoCloseable {
  // server.request-timeout, one check a second, and slack for a loaded machine
  private static final long DRIPPER_SECONDS = 15;

  private final Process process;
  private final BufferedReader output;

  /**
   * Starts it, and waits until its connections are open: the slow ones, and those that never read.
   */
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
   * What happened to the connections that drip or never read.
   *
   * @param deafOpen how many of those that never read are still open
   * @param slowestMillis the longest time that a closed one was open
   */
  record Closed(long drippers, long closed, long deafOpen, long slowestMillis) {}

  /**
   * Waits until the server has closed all that drip or never read, for at most {@link
   * #DRIPPER_SECONDS}.
   */
  Closed awaitClosed() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
    String line = output.readLine();
    if (line == null) {
      throw new IOException("Cannot read the result of the slow connections; see above");
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
