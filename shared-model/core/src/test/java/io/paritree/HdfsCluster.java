package io.paritree;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.shaded.org.glassfish.jersey.server.internal.scanning.PackageNamesScanner;

/** Starts HDFS in this JVM: a name node and a data node. */
public final class HdfsCluster {
  private HdfsCluster() {}

  /**
   * Returns an HDFS that is ready.
   *
   * @param directory has its disks
   */
  public static MiniDFSCluster start(Configuration settings, Path directory) throws IOException {
    unpackScannedPackages();
    MiniDFSCluster cluster = new MiniDFSCluster.Builder(settings, directory.toFile()).build();
    cluster.waitActive();
    return cluster;
  }

  /**
   * Gives Jersey, the framework of the servers' pages, each package that it searches in a directory
   * of its own: it would unpack all 56 MB of Hadoop's jar to find seven classes, in a third of the
   * time of the start.
   */
  private static void unpackScannedPackages() {
    PackageNamesScanner.setResourcesProvider(
        new PackageNamesScanner.ResourcesProvider() {
          @Override
          public Enumeration<URL> getResources(String name, ClassLoader loader) throws IOException {
            List<URL> places = new ArrayList<>();
            for (URL place : Collections.list(loader.getResources(name))) {
              places.add(place.getProtocol().equals("jar") ? unpacked(place, name) : place);
            }

            return Collections.enumeration(places);
          }
        });
  }

  private static URL unpacked(URL place, String name) throws IOException {
    Path directory = MemoryDisk.directory();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(directory)));
    JarURLConnection connection = (JarURLConnection) place.openConnection();
    connection.setUseCaches(false);
    try (JarFile jar = connection.getJarFile()) {
      for (JarEntry entry : Collections.list(jar.entries())) {
        if (entry.getName().startsWith(name + "/") && !entry.isDirectory()) {
          Path file = directory.resolve(entry.getName());
          Files.createDirectories(file.getParent());
          try (InputStream content = jar.getInputStream(entry)) {
            Files.copy(content, file);
          }
        }
      }
    }

    return directory.resolve(name).toUri().toURL();
  }

  private static void remove(Path directory) {
    Location location = Location.of(directory);
    try {
      FileStore.of(location).delete(location);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
