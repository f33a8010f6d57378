package io.paritree.serving;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;

/**
 * The server's own log: one line per event on stderr, of text or JSON, from INFO for Paritree and
 * from WARN for its libraries. No thread waits for it: while stderr is blocked, events that do not
 * fit into the queue are dropped.
 *
 * <p>Configured in Java, because reading logback's XML takes a tenth of a second of each start.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_NORMAL_PRIORITY)
public final class LogSetup extends ContextAwareBase implements Configurator {
  private static final String CONSOLE = "console";
  private static final String QUEUED = "queued";
  private static final int QUEUE = 1_024;
  private static final int FLUSH_MILLIS = 1_000;

  /**
   * Writes the queued events, for at most a second, and ends the log; called at the end of the
   * process.
   */
  static void end() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.stop();
    }
  }

  /** From now on, events are written as JSON. */
  static void useJson() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
        && context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(QUEUED)
            instanceof AsyncAppender queued
        && queued.getAppender(CONSOLE) instanceof ConsoleAppender<ILoggingEvent> console) {
      JsonEvents encoder = new JsonEvents();
      encoder.setContext(context);
      encoder.start();
      console.setEncoder(encoder);
    }
  }

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(
        "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %msg%replace( %kvp){'^ $',''}%n%ex");
    encoder.start();

    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setName(CONSOLE);
    console.setTarget("System.err");
    console.setEncoder(encoder);
    console.start();

    // If stderr is a blocked pipe, the threads that log must not wait for it.
    AsyncAppender queued = new AsyncAppender();
    queued.setContext(context);
    queued.setName(QUEUED);
    queued.setQueueSize(QUEUE);
    queued.setDiscardingThreshold(0);
    queued.setNeverBlock(true);
    queued.setMaxFlushTime(FLUSH_MILLIS);
    queued.addAppender(console);
    queued.start();

    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(queued);
    // They warn about bad requests and quote them; such requests are answered and counted.
    context.getLogger("org.eclipse.jetty.http").setLevel(Level.ERROR);
    context.getLogger("org.eclipse.jetty.util.HostPort").setLevel(Level.ERROR);
    // A failed start is reported once, by ServingMain, in words for the operator.
    context.getLogger("io.javalin").setLevel(Level.OFF);
    context.getLogger("io.paritree").setLevel(Level.INFO);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
