package io.paritree.serving.config;

import io.paritree.record.UnknownFields;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The settings of the server, grouped as {@code conf/serving.conf} is.
 *
 * <p>Read once at the start, by {@link ServingConfigParser}, and never changed.
 */
public record ServingConfig(
    Server server,
    Tls tls,
    Management management,
    Models models,
    Scores scores,
    Records records,
    Limits limits,
    Admission admission,
    Callers callers,
    Security security,
    Log log,
    PredictionLog predictionLog,
    Page page,
    Profile profile) {
  /** The value, in place of a file, that switches a log off. */
  public static final String OFF = "off";

  /**
   * Where and how the server listens.
   *
   * @param host address to listen on; {@code 127.0.0.1} unless set, so nothing is exposed
   * @param port TCP port; 0 takes any free one
   * @param threads worker threads; 0 for four per core
   * @param maxConnections open connections; more wait in the system's backlog
   * @param idleTimeout a connection without traffic is closed after this
   * @param requestTimeout a request that has not arrived whole after this is refused and its
   *     connection closed
   * @param drainDelay time between "not ready" and the end of listening, when stopping
   * @param stopTimeout how long a stopping server waits for requests in flight
   */
  public record Server(
      String host,
      int port,
      int threads,
      int maxConnections,
      Duration idleTimeout,
      Duration requestTimeout,
      Duration drainDelay,
      Duration stopTimeout) {

    /** Returns the number of worker threads, chosen by the number of cores if none is set. */
    public int workers() {
      return threads > 0 ? threads : 4 * Runtime.getRuntime().availableProcessors();
    }

    /** Returns whether only this machine reaches the callers' port. */
    public boolean onLoopback() {
      return Exposure.isLoopback(host);
    }
  }

  /**
   * TLS on the callers' port.
   *
   * @param keyStore {@code off}, or a PKCS12 file with the server's key and certificate
   * @param password of the file
   */
  public record Tls(String keyStore, String password) {
    public boolean on() {
      return !keyStore.equals(OFF);
    }

    /** Returns this without the password. */
    @Override
    public String toString() {
      return "Tls[keyStore=%s]".formatted(keyStore);
    }
  }

  /**
   * Where metrics and health are read.
   *
   * @param host address to listen on
   * @param port TCP port; 0 takes any free one
   */
  public record Management(String host, int port) {
    /** Returns whether only this machine reaches the management port. */
    public boolean onLoopback() {
      return Exposure.isLoopback(host);
    }
  }

  /**
   * The models that are served.
   *
   * @param store directory of models; a plain name in {@code serve} is looked up there
   * @param serve references of the models to serve, at least one
   * @param poll how often aliases are looked up again; 0 for never
   * @param lookTimeout a look for a new version that takes longer counts as unanswered
   * @param warmUpRows made-up rows that each model scores before the server is ready
   * @param shadow which models have a challenger
   * @param shadowQueue bytes of rows that wait to be scored by a challenger; more are dropped and
   *     counted
   * @param shadowMovers how many of the rows that a challenger moves most are kept
   */
  public record Models(
      String store,
      List<String> serve,
      Duration poll,
      Duration lookTimeout,
      int warmUpRows,
      List<Shadowed> shadow,
      int shadowQueue,
      int shadowMovers) {
    private static final Pattern PLAIN =
        Pattern.compile("[A-Za-z0-9._-]{1,64}(@[A-Za-z0-9._-]{1,64}|/[0-9]{1,9})?");

    /** Returns what {@code Opening.open} takes for an entry of {@code serve}. */
    public String reference(String entry) {
      boolean plain = PLAIN.matcher(entry).matches();
      boolean there = plain && entry.indexOf('@') < 0 && Files.exists(Path.of(entry));
      return plain && !there ? store + "/" + entry : entry;
    }
  }

  /**
   * A served model whose rows a challenger scores, too.
   *
   * @param address the model, as paths name it: {@code NAME} or {@code NAME@ALIAS}
   * @param challenger the other model, as an entry of {@link Models#serve}
   */
  public record Shadowed(String address, String challenger) {
    static final String FORM = "[^=/]+=[^=].*";

    static Shadowed of(String text) {
      int equals = text.indexOf('=');
      return new Shadowed(text.substring(0, equals), text.substring(equals + 1));
    }
  }

  /**
   * The stored scores that are served.
   *
   * @param tables by the names that they have in paths
   * @param poll how often the outputs are polled for new partitions; 0 for never
   * @param startTimeout how long a start waits for the outputs
   * @param lookTimeout longest time of reading an output before its store counts as one that does
   *     not answer
   * @param indexDirectory where the server keeps indexes of its own
   * @param indexBytes most bytes of them; 0 if none is to be written
   * @param stale what an answer is that is not of what was published last
   * @param numbers how numbers of keys and passed columns are answered
   */
  public record Scores(
      Map<String, ScoresOutput> tables,
      Duration poll,
      Duration startTimeout,
      Duration lookTimeout,
      String indexDirectory,
      long indexBytes,
      Stale stale,
      Numbers numbers) {
    /** What happens where the newest partition cannot answer, and an older one can. */
    public enum Stale {
      /** The older one answers, and the answer says so. */
      ANSWER,
      /** The answer is 503. */
      REFUSE
    }

    /** How numbers of keys and passed columns are answered. */
    public enum Numbers {
      /** As numbers; as text where a double does not hold them. */
      MIXED,
      /** As text. */
      TEXT
    }

    public Scores {
      tables = Map.copyOf(tables);
    }
  }

  /**
   * An output of the job whose scores are served.
   *
   * @param output its directory, local or a URI
   * @param keepPartitions how many partitions are served: the newest
   */
  public record ScoresOutput(String output, int keepPartitions) {}

  /**
   * How records are read.
   *
   * @param unknownFields what happens to a field that no feature reads
   */
  public record Records(UnknownFields unknownFields) {}

  /**
   * How large a request may be; a larger one is refused.
   *
   * @param body bytes of a body
   * @param rows records in one request
   * @param header bytes of the request line and the headers
   * @param pendingBodies bytes of all bodies that are still arriving, and also of all that wait for
   *     their turn; above that, 503
   * @param pendingAnswers bytes of all answers that wait for slow readers; above that, the
   *     connections that have made no progress for the longest time are closed
   * @param answerBytesPerSecond minimum rate at which an answer must be read; each answer may take
   *     {@link Server#requestTimeout} in addition
   */
  public record Limits(
      int body,
      int rows,
      int header,
      int pendingBodies,
      int pendingAnswers,
      int answerBytesPerSecond) {}

  /**
   * How many requests run and wait.
   *
   * @param running maximum number of requests scored at the same time; 0 for two per core
   * @param waiting maximum number of requests that wait for their turn; one more is answered 503
   * @param maxWait longest wait; after it, 503
   * @param retryAfter how long a 503 asks the caller to wait; whole seconds
   */
  public record Admission(int running, int waiting, Duration maxWait, Duration retryAfter) {

    /**
     * Returns how many requests are scored at the same time, chosen by the number of cores if none
     * is set.
     */
    public int permits() {
      return running > 0 ? running : 2 * Runtime.getRuntime().availableProcessors();
    }
  }

  /**
   * What one address may occupy.
   *
   * @param connections open connections of one address; 0 for any number
   * @param requestsPerSecond requests of one caller in a second; 0 for any number
   * @param trustedProxies addresses and ranges such as {@code 10.0.0.0/8} whose {@code
   *     X-Forwarded-For} says who calls
   */
  public record Callers(int connections, int requestsPerSecond, List<String> trustedProxies) {}

  /**
   * Who may call.
   *
   * @param scoreTokens SHA-256 of each bearer token that may score, in hexadecimal digits, possibly
   *     after a name and a colon; empty if scoring needs no token
   * @param adminTokens the same for the admin endpoints, which do not exist if this is empty
   * @param corsOrigins origins whose pages may call, such as {@code https://dashboard.example}
   * @param corsHeaders names of the headers that those pages may send
   * @param hosts names by which a proxy on this machine reaches a port that needs no token
   * @param openBeyondLoopback whether to listen beyond this machine without tokens
   */
  public record Security(
      List<String> scoreTokens,
      List<String> adminTokens,
      List<String> corsOrigins,
      List<String> corsHeaders,
      List<String> hosts,
      boolean openBeyondLoopback) {}

  /**
   * The request log, and the form of the server's own log.
   *
   * @param requests where one JSON line per request goes: {@code off}, {@code stdout} or a file
   * @param queue maximum number of bytes of lines that wait to be written; more are dropped and
   *     counted
   * @param format how the events of the server's own log are written
   * @param keys whether the request log has the keys of stored scores
   */
  public record Log(String requests, int queue, Format format, boolean keys) {
    /** How an event is written to a log. */
    public enum Format {
      /** A line for people. */
      TEXT,
      /** A line of JSON. */
      JSON
    }
  }

  /**
   * The prediction log.
   *
   * @param file where one JSON line per row goes: {@code off} or a file
   * @param fileSize bytes after which a file is rotated
   * @param totalSize maximum number of bytes of all files
   * @param keep how long a file is kept after its last line
   * @param queue maximum number of bytes of rows that wait to be written; more are dropped and
   *     counted
   * @param records whether records are kept as they were given
   * @param redact fields of which nothing is kept
   */
  public record PredictionLog(
      String file,
      long fileSize,
      long totalSize,
      Duration keep,
      int queue,
      boolean records,
      Set<String> redact) {
    public PredictionLog {
      redact = Set.copyOf(redact);
    }
  }

  /**
   * The page that people see in a browser.
   *
   * @param mode when it is served
   * @param quarantineExamples whether the runs of an output are shown with values of quarantined
   *     rows
   */
  public record Page(Mode mode, boolean quarantineExamples) {
    /** When the page is served. */
    public enum Mode {
      /** Where nothing but this machine reaches the callers' port. */
      AUTO,
      /** Always. */
      ON,
      /** Never. */
      OFF
    }
  }

  /**
   * The profiles of callers' rows.
   *
   * @param mode whether rows are counted
   * @param impactRows how many rows of five minutes are explained at most; 0 for none
   */
  public record Profile(Mode mode, int impactRows) {
    /** When rows are counted. */
    public enum Mode {
      /** Where the package has a reference to compare them with. */
      AUTO,
      /** Always. */
      ON,
      /** Never. */
      OFF
    }
  }

  /** Returns whether the page is served. */
  public boolean servesPage() {
    return switch (page.mode()) {
      case AUTO -> server.onLoopback();
      case ON -> true;
      case OFF -> false;
    };
  }

  /** Returns this configuration on free ports of this machine, without writing logs or indexes. */
  public ServingConfig onFreePorts() {
    String loopback = "127.0.0.1";
    return new ServingConfig(
        new Server(
            loopback,
            0,
            server.threads(),
            server.maxConnections(),
            server.idleTimeout(),
            server.requestTimeout(),
            Duration.ZERO,
            server.stopTimeout()),
        tls,
        new Management(loopback, 0),
        models,
        new Scores(
            scores.tables(),
            scores.poll(),
            scores.startTimeout(),
            scores.lookTimeout(),
            scores.indexDirectory(),
            0,
            scores.stale(),
            scores.numbers()),
        records,
        limits,
        admission,
        callers,
        security,
        new Log(OFF, log.queue(), log.format(), log.keys()),
        new PredictionLog(
            OFF,
            predictionLog.fileSize(),
            predictionLog.totalSize(),
            predictionLog.keep(),
            predictionLog.queue(),
            predictionLog.records(),
            predictionLog.redact()),
        page,
        profile);
  }
}
