package io.paritree.store;

import io.paritree.MavenClassPath;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * S3 on loopback with its data in memory, in a JVM of its own. Hadoop's client finds it by the
 * tests' {@code core-site.xml}; there can be one in a JVM of tests.
 */
public final class S3Server implements AutoCloseable {
  private static final String ENDPOINT = "paritree.s3.endpoint";
  private static final Pattern STARTED =
      Pattern.compile("Started .*\\{127\\.0\\.0\\.1:([0-9]{2,})\\}");

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static String resolved; // the class path of all servers

  private final Process process;
  private final String endpoint;
  private final Location bucket;

  private S3Server(Process process, String endpoint, Location bucket) {
    this.process = process;
    this.endpoint = endpoint;
    this.bucket = bucket;
  }

  /**
   * Starts a server with one bucket.
   *
   * @param directory for its configuration and log
   * @param options more options of its JVM, which compiles with the first compiler only: it mostly
   *     lives briefly
   */
  public static S3Server start(Path directory, String... options)
      throws IOException, InterruptedException {
    Path home = Path.of(System.getProperty("paritree.root"), "spark-job/src/test/s3proxy");
    Path configuration = Files.createDirectories(directory).resolve("s3proxy.properties");
    Files.writeString(
        configuration,
        """
        s3proxy.endpoint=http://127.0.0.1:0
        s3proxy.authorization=none
        s3proxy.ignore-unknown-headers=true
        jclouds.provider=transient
        """);
    Path log = directory.resolve("s3proxy.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(options));
    command.add("-Dlogback.configurationFile=" + home.resolve("logback.xml"));
    command.addAll(List.of("-classpath", classPath(home), "org.gaul.s3proxy.Main"));
    command.addAll(List.of("--properties", configuration.toString()));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    // A unique name: Hadoop keeps one client for each bucket.
    String bucket = "bucket-" + UUID.randomUUID();
    String endpoint = "http://127.0.0.1:" + port(process, log);
    S3Server server = new S3Server(process, endpoint, Location.of("s3a://" + bucket));
    server.put(server.bucket, new byte[0]); // makes it
    System.setProperty(ENDPOINT, endpoint);
    return server;
  }

  private static synchronized String classPath(Path home) throws IOException, InterruptedException {
    if (resolved == null) {
      resolved = MavenClassPath.of(home.resolve("pom.xml"));
    }

    return resolved;
  }

  /** Writes an object of the bucket without Hadoop's client, whose jars a JVM may lack. */
  public void put(Location object, byte[] content) throws IOException, InterruptedException {
    String path = object.toString().replaceFirst("^s3a://", "");
    int status =
        CLIENT
            .send(
                HttpRequest.newBuilder(URI.create(endpoint + "/" + path))
                    .PUT(HttpRequest.BodyPublishers.ofByteArray(content))
                    .build(),
                HttpResponse.BodyHandlers.discarding())
            .statusCode();
    if (status != 200) {
      throw new IOException("Cannot write %s: status %s".formatted(object, status));
    }
  }

  /**
   * Reads an object of the bucket without Hadoop's client.
   *
   * @param tag its entity tag
   * @throws NoSuchFileException if it is not there, or has another tag
   */
  public byte[] get(Location object, String tag) throws IOException, InterruptedException {
    String path = object.toString().replaceFirst("^s3a://", "");
    URI address = URI.create(endpoint + "/" + path.replace("%", "%25"));
    HttpResponse<byte[]> answer =
        CLIENT.send(
            HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofByteArray());
    String found = answer.headers().firstValue("ETag").orElse("").replace("\"", "");
    if (answer.statusCode() == 404 || answer.statusCode() == 200 && !found.equals(tag)) {
      throw new NoSuchFileException(object.toString());
    }

    if (answer.statusCode() != 200) {
      throw new IOException("Cannot read %s: status %s".formatted(object, answer.statusCode()));
    }

    return answer.body();
  }

  private static String port(Process process, Path log) throws IOException {
    while (process.isAlive()) {
      Matcher started = STARTED.matcher(Files.readString(log));
      if (started.find()) {
        return started.group(1);
      }

      LockSupport.parkNanos(50_000_000);
    }

    throw new IOException("Cannot start the S3 server: " + Files.readString(log));
  }

  /** Returns a location in the server's bucket. */
  public Location resolve(String name) {
    return bucket.resolve(name);
  }

  /**
   * Returns the JVM option with which another JVM with the tests' resources finds the server by a
   * relay.
   */
  public static String javaOption(SlowRelay relay) {
    return "-D%s=%s".formatted(ENDPOINT, relay.endpoint());
  }

  /** Lets Hadoop's client of this JVM find the server by a relay, before it is used. */
  public static void use(SlowRelay relay) {
    System.setProperty(ENDPOINT, relay.endpoint());
  }

  /** Returns the JVM option with which another JVM with the tests' resources finds the server. */
  public String javaOption() {
    return "-D%s=%s".formatted(ENDPOINT, endpoint);
  }

  /** Returns where it listens. */
  public String endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
