package io.paritree.serving;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Harms a running server on purpose and checks what happens.
 *
 * <p>Run: {@code scripts/faults http TRIAL}. Exit codes: 0 every claim held; 1 one did not; 2 wrong
 * usage.
 */
@Command(
    name = "faults http",
    subcommands = {
      HostileTrial.class,
      SlowTrial.class,
      StopTrial.class,
      OverloadTrial.class,
      SwapTrial.class,
      LookupTrial.class,
      PublisherTrial.class,
      AccessTrial.class,
      ShadowTrial.class,
      SoakTrial.class
    },
    description = "Harms a running server on purpose and checks what happens.",
    footer = "Exit codes: 0 every claim held; 1 one did not; 2 wrong usage.")
final class HttpFaults {
  @CommandLine.Option(names = "--help", usageHelp = true, description = "Shows this help.")
  private boolean help;

  private HttpFaults() {}

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new HttpFaults()).execute(arguments));
  }
}
