package io.paritree.spark.run;

import io.paritree.HdfsCluster;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.minikdc.MiniKdc;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.kerby.kerberos.kerb.client.KrbClient;

/**
 * An HDFS that authenticates its callers by Kerberos, with its own KDC, on loopback.
 *
 * <p>It runs in a JVM of its own, because a JVM has one login and one kind of security. Not
 * thread-safe.
 */
final class SecuredHdfs implements AutoCloseable {
  /** The user of the jobs, to whom all files belong. */
  private static final String USER = "night";

  private static final Pattern READY = Pattern.compile("READY (\\S+) (\\S+) (\\S+)\n");
  private static final String COPIED = "COPIED ";

  private final Path directory;
  private final Path log;
  private final Process process;
  private final Matcher ready;

  private SecuredHdfs(Path directory, Path log, Process process, Matcher ready) {
    this.directory = directory;
    this.log = log;
    this.process = process;
    this.ready = ready;
  }

  /**
   * Starts one.
   *
   * @param data a local directory whose content is in its directory {@code /data}
   */
  static SecuredHdfs start(Path directory, Path data) throws IOException {
    Files.createDirectories(directory);
    Path log = directory.resolve("hdfs.log");
    Process process =
        JobProcess.start(
            System.getProperty("java.class.path"),
            JobProcess.TESTED,
            log,
            SecuredHdfs.class.getName(),
            directory,
            data);
    SparkCluster.await(
        "HDFS and its KDC to start",
        () -> !SparkCluster.found(log, READY).isEmpty() || !process.isAlive());
    Matcher ready = READY.matcher(Files.readString(log));
    if (!ready.find()) {
      throw new IOException("Cannot start a secured HDFS: " + Files.readString(log));
    }

    return new SecuredHdfs(directory, log, process, ready);
  }

  /** Returns its URI. */
  String uri() {
    return ready.group(1);
  }

  /** Returns the directory of Hadoop's settings by which a driver knows it. */
  Path configuration() throws IOException {
    Path settings = Files.createDirectories(directory.resolve("conf"));
    try (OutputStream file = Files.newOutputStream(settings.resolve("core-site.xml"))) {
      client(ready.group(3)).writeXml(file);
    }

    return settings;
  }

  /** Returns the options of {@code spark-submit} by which a driver knows it too. */
  List<String> known() {
    String realm = "-Djava.security.krb5.conf=" + ready.group(2);
    return List.of(
        "--conf",
        "spark.driver.extraJavaOptions=" + realm,
        "--conf",
        "spark.kerberos.access.hadoopFileSystems=" + uri());
  }

  /** Returns the options by which the driver logs in. */
  List<String> login() {
    return List.of(
        "--principal",
        USER + "@" + ready.group(3),
        "--keytab",
        directory.resolve(USER + ".keytab").toString());
  }

  /** Returns a file of tickets, as {@code kinit} makes it. */
  Path ticket() {
    return ticket(directory);
  }

  private static Path ticket(Path directory) {
    return directory.resolve(USER + ".ticket");
  }

  /** Copies one of its directories to a local one. */
  void copy(String from, Path to) throws IOException {
    OutputStream input = process.getOutputStream();
    input.write("%s %s\n".formatted(from, to).getBytes(StandardCharsets.UTF_8));
    input.flush();
    Pattern copied = Pattern.compile("(" + COPIED + Pattern.quote(to.toString()) + ")\n");
    SparkCluster.await(
        "files to be copied",
        () -> !SparkCluster.found(log, copied).isEmpty() || !process.isAlive());
    if (!process.isAlive()) {
      throw new IOException("HDFS has ended: " + Files.readString(log));
    }
  }

  /** Closes the input of its JVM, which ends it. */
  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    process.onExit().join();
  }

  /** Returns what a client must know of it. */
  private static Configuration client(String realm) {
    Configuration settings = new Configuration(false);
    settings.set("hadoop.security.authentication", "kerberos");
    settings.set("hadoop.security.authorization", "true");
    settings.set("dfs.namenode.kerberos.principal", "hdfs/localhost@" + realm);
    settings.set("dfs.data.transfer.protection", "authentication");
    return settings;
  }

  /**
   * Serves until its input ends; each line of it names a directory to copy, and where to.
   *
   * @param arguments where its own files go, and what is in {@code /data}
   */
  public static void main(String[] arguments) throws Exception {
    Path directory = Path.of(arguments[0]);
    MiniKdc kdc = new MiniKdc(MiniKdc.createConf(), directory.resolve("kdc").toFile());
    kdc.start();
    String keytab = directory.resolve("service.keytab").toString();
    kdc.createPrincipal(Path.of(keytab).toFile(), "hdfs/localhost", "HTTP/localhost");
    File own = directory.resolve(USER + ".keytab").toFile();
    kdc.createPrincipal(own, USER);
    KrbClient client = new KrbClient(kdc.getKrb5conf().getParentFile());
    client.init();
    client.storeTicket(
        client.requestTgt(USER + "@" + kdc.getRealm(), own), ticket(directory).toFile());

    Configuration settings = new Configuration();
    client(kdc.getRealm()).forEach(each -> settings.set(each.getKey(), each.getValue()));
    String principal = settings.get("dfs.namenode.kerberos.principal");
    settings.set("dfs.datanode.kerberos.principal", principal);
    settings.set("dfs.namenode.keytab.file", keytab);
    settings.set("dfs.datanode.keytab.file", keytab);
    settings.set("dfs.web.authentication.kerberos.principal", "HTTP/localhost@" + kdc.getRealm());
    settings.set("dfs.web.authentication.kerberos.keytab", keytab);
    settings.setBoolean("dfs.block.access.token.enable", true);
    settings.setBoolean("ignore.secure.ports.for.testing", true); // ports that need no root
    UserGroupInformation.setConfiguration(settings);
    UserGroupInformation.loginUserFromKeytab(principal, keytab);
    MiniDFSCluster cluster = HdfsCluster.start(settings, directory.resolve("hdfs"));
    FileSystem files = cluster.getFileSystem();
    org.apache.hadoop.fs.Path data = new org.apache.hadoop.fs.Path("/data");
    files.copyFromLocalFile(new org.apache.hadoop.fs.Path(arguments[1]), data);
    files.setOwner(data, USER, USER);
    System.out.printf("READY %s %s %s%n", cluster.getURI(), kdc.getKrb5conf(), kdc.getRealm());

    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ");
      files.copyToLocalFile(
          new org.apache.hadoop.fs.Path(words[0]), new org.apache.hadoop.fs.Path(words[1]));
      System.out.println(COPIED + words[1]);
    }

    System.exit(0); // the cluster has threads that run on
  }
}
