package io.paritree;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What computes, for messages about results that cannot be right.
 *
 * @param cpu the model of the CPU as Linux names it; elsewhere the architecture
 */
public record Machine(String host, String cpu) {
  private static final Path CPUS = Path.of("/proc/cpuinfo");

  /** Returns this machine. */
  public static Machine here() {
    return new Machine(hostName(), cpuModel());
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "an unnamed host";
    }
  }

  private static String cpuModel() {
    try (Stream<String> lines = Files.lines(CPUS)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElseGet(Machine::architecture);
    } catch (IOException | UncheckedIOException e) {
      return architecture();
    }
  }

  private static String architecture() {
    return System.getProperty("os.arch", "an unnamed CPU");
  }

  /** Returns both, such as {@code worker-17 (AMD EPYC 7B13)}. */
  @Override
  public String toString() {
    return "%s (%s)".formatted(host, cpu);
  }
}
