package io.paritree.serving;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/** One process of {@link EmptyServer}, with the flags and the libraries of the real one. */
final class EmptyRun implements AutoCloseable {
  private static final Path HOME =
      Path.of(System.getProperty("paritree.root"), "serving/target/paritree-serving");
  private static final String JAVA = System.getProperty("java.home") + "/bin/java";

  private final int port = freePort();
  private final Process process;

  /**
   * Starts the server, which may not listen yet when this returns.
   *
   * @param length bytes of its answer
   * @param flags of the JVM
   */
  EmptyRun(Path directory, int length, List<String> flags) throws IOException {
    process = start(directory, flags, port, length);
  }

  private static Process start(
      Path directory, List<String> flags, int port, int length, String... more) throws IOException {
    List<String> command = new ArrayList<>(List.of(JAVA, "-XX:+UseParallelGC"));
    command.addAll(flags);
    // Only jars: a class archive cannot contain directories.
    String path = HOME.resolve("serving.jar") + File.pathSeparator + jar(directory);
    String name = EmptyServer.class.getName();
    command.addAll(List.of("-cp", path, name, String.valueOf(port), String.valueOf(length)));
    command.addAll(List.of(more));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("empty.log").toFile())
        .start();
  }

  /**
   * Makes an archive of the server's classes by one request of each kind, and returns the JVM flag
   * for it.
   */
  static String archive(Path directory, int length) throws Exception {
    Path archive = directory.resolve("empty.archive");
    Process once = start(directory, List.of(making(archive)), freePort(), length, "once");
    if (!once.waitFor(120, TimeUnit.SECONDS) || !Files.exists(archive)) {
      throw new IllegalStateException("Cannot make the empty server's archive");
    }

    return using(archive);
  }

  /** Returns the JVM flag that makes an archive of the loaded classes. */
  static String making(Path archive) {
    return (hasCaches() ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + archive;
  }

  /** Returns the JVM flag that uses an archive of classes. */
  static String using(Path archive) {
    return (hasCaches() ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + archive;
  }

  private static boolean hasCaches() {
    return Runtime.version().feature() >= 25;
  }

  private static Path jar(Path directory) throws IOException {
    Path jar = directory.resolve("empty.jar");
    if (!Files.exists(jar)) {
      String name = EmptyServer.class.getName().replace('.', '/');
      write(jar, name, EmptyServer.class.getResourceAsStream("EmptyServer.class").readAllBytes());
    }

    return jar;
  }

  /**
   * Writes a jar of one class.
   *
   * @param name with slashes
   */
  static void write(Path jar, String name, byte[] content) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new ZipEntry(name + ".class"));
      out.write(content);
      out.closeEntry();
    }
  }

  int port() {
    return port;
  }

  /** Waits for the first answer. */
  void await() throws IOException {
    await(port, "/ready");
  }

  /** Sends requests until a port answers with 200. */
  static void await(int port, String path) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (System.nanoTime() < end) {
      try (Client client = new Client(port)) {
        if (client.get(path).status() == 200) {
          return;
        }
      } catch (IOException e) {
        LockSupport.parkNanos(1_000_000);
      }
    }

    throw new IOException("Nothing answers at port " + port);
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
