package io.paritree.spark.run;

import io.paritree.HdfsCluster;
import io.paritree.MemoryDisk;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/** One HDFS for all tests of this JVM: a name node and a data node in this process. */
public final class TestHdfs {
  private static final MiniDFSCluster CLUSTER = start();

  private TestHdfs() {}

  /** Returns the location of a directory, whose name no other test may use. */
  public static Location directory(String name) {
    return Location.of("%s/%s".formatted(CLUSTER.getURI(), name));
  }

  private static MiniDFSCluster start() {
    try {
      Path directory = MemoryDisk.directory();
      MiniDFSCluster cluster = HdfsCluster.start(new Configuration(), directory);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> cluster.shutdown(true)));
      return cluster;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
