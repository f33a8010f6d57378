package io.paritree.spark.run;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Starts the packaged job, each time in its own JVM, which has Spark's classes from an archive.
 * Whoever starts it many times lets a first run archive all classes that it loads.
 */
final class PackagedJob {
  private static final List<Class<?>> PROGRAMS = List.of(ObservedJob.class);

  /** Delta, and Hadoop's S3 client and what it needs; not part of Spark. */
  private static final Pattern USERS =
      Pattern.compile(
          "/(io/delta|io/unitycatalog|hadoop-aws|software/amazon|httpcomponents|org/reactivestreams"
              + "|wildfly-openssl)/");

  private final Path directory;
  private final SparkHome spark;
  private final List<String> jars;
  private final List<String> javaOptions;
  private final String archivedSpark;
  private final Path archive;

  /**
   * @param directory for jar, archive and logs
   */
  PackagedJob(Path directory, String... javaOptions) throws IOException, InterruptedException {
    this.directory = Files.createDirectories(directory);
    this.spark = SparkHome.ofTheBuild();
    this.archivedSpark = spark.archived();
    this.javaOptions = List.of(javaOptions);
    this.archive = directory.resolve("classes.jsa");
    Path programs = directory.resolve("programs.jar");
    writePrograms(programs);
    List<String> beside = new ArrayList<>(List.of(JobProcess.jar().toString()));
    beside.add(programs.toString());
    Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(jar -> USERS.matcher(jar).find())
        .forEach(beside::add);
    this.jars = List.copyOf(beside);
  }

  private String classPath() throws IOException {
    return spark.classPath() + File.pathSeparator + String.join(File.pathSeparator, jars);
  }

  /** Writes the programs into a jar, because archives of classes need class paths of jars only. */
  private static void writePrograms(Path jar) throws IOException {
    List<String> names = new ArrayList<>(List.of("core-site.xml", "hdfs-site.xml"));
    PROGRAMS.forEach(program -> names.add(program.getName().replace('.', '/') + ".class"));
    write(jar, names);
  }

  /** Writes resources of the tests into a jar. */
  static void write(Path jar, List<String> names) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      for (String name : names) {
        entries.putNextEntry(new JarEntry(name));
        try (InputStream in = PackagedJob.class.getClassLoader().getResourceAsStream(name)) {
          in.transferTo(entries);
        }
      }
    }
  }

  /** Runs the job to its end and archives the classes that it has loaded. */
  void archive(List<Object> arguments) throws IOException, InterruptedException {
    List<String> option = List.of("-XX:ArchiveClassesAtExit=" + archive);
    Process process = start("archive", option, ScoreMain.class, arguments);
    if (JobProcess.exitCode(process) != 0) {
      throw new IOException("Cannot archive classes: " + log("archive"));
    }
  }

  /**
   * Starts a program.
   *
   * @param name of its log
   */
  Process start(String name, Class<?> program, List<Object> arguments) throws IOException {
    String option = Files.exists(archive) ? "-XX:SharedArchiveFile=" + archive : archivedSpark;
    return start(name, List.of(option), program, arguments);
  }

  /** Starts a program as the user {@code nobody}, who has no rights; only root can do this. */
  Process startAsNobody(String name, Class<?> program, List<Object> arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"));
    String readable = readableClassPath();
    command.addAll(command(readable, List.of("-Duser.name=nobody"), program, arguments));
    return JobProcess.start(command, directory.resolve(name + ".log"));
  }

  /** Returns the class path with copies of the jars, whose originals are in a home directory. */
  private String readableClassPath() throws IOException {
    Path copies = Files.createDirectories(directory.resolve("libraries"));
    List<Path> all = new ArrayList<>(spark.jars());
    jars.forEach(jar -> all.add(Path.of(jar)));
    List<String> readable = new ArrayList<>();
    for (Path jar : all) {
      Path copy = copies.resolve(readable.size() + ".jar");
      readable.add(copy.toString());
      if (!Files.exists(copy)) {
        Files.copy(jar, copy);
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
      }
    }

    return String.join(File.pathSeparator, readable);
  }

  private Process start(String name, List<String> options, Class<?> program, List<Object> arguments)
      throws IOException {
    // A build that runs in the background of a shell ignores SIGINT, and so would all JVMs below
    // it.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
    command.addAll(command(classPath(), options, program, arguments));
    return JobProcess.start(command, directory.resolve(name + ".log"));
  }

  private List<String> command(
      String classPath, List<String> options, Class<?> program, List<Object> arguments)
      throws IOException {
    // What Spark leaves of a killed JVM goes there, and not into the system's directory.
    Path temporary = Files.createDirectories(directory.resolve("tmp"));
    List<String> all = new ArrayList<>(javaOptions);
    all.addAll(options);
    all.add("-Djava.io.tmpdir=" + temporary);
    all.add(JobProcess.COLLECTOR);
    return JobProcess.command(
        JobProcess.javaHome(), classPath, all, program.getName(), arguments.toArray());
  }

  /** Returns what a program has printed. */
  String log(String name) throws IOException {
    return Files.readString(directory.resolve(name + ".log"));
  }

  /** Removes what killed JVMs have left; no JVM may be running. */
  void clear() throws IOException {
    Location temporary = Location.of(directory.resolve("tmp"));
    FileStore.of(temporary).delete(temporary);
  }
}
