package io.paritree.model.planted;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import ml.dmlc.xgboost4j.java.Booster;
import org.apache.hadoop.fs.Path;

/** Breaches: what no class does, and the libraries of other packages. */
public final class PlantedHelper {
  int counter;

  Class<?> named(String name) throws ClassNotFoundException {
    counter++;
    return counter > 1
        ? Class.forName(name)
        : Class.forName(name, true, PlantedHelper.class.getClassLoader());
  }

  Object read(InputStream in) throws IOException, ClassNotFoundException {
    try (ObjectInputStream objects = new ObjectInputStream(in)) {
      return objects.readObject();
    }
  }

  void leave(Booster booster, Path path) throws InterruptedException {
    Thread.sleep(path.depth());
    System.exit(booster == null ? 1 : 0);
  }
}
