package io.paritree.architecture.planted;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.text.DecimalFormat;
import java.time.format.DateTimeFormatter;
import java.util.Formatter;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;

/** Does everything that no class of main code may do. */
public final class PlantedHelper {
  int counter;

  /** Has a forbidden name. */
  abstract static class AbstractPlanted {}

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

  /** Writes and reads as the user's country does. */
  String local(PrintStream out, PrintWriter writer, Scanner in) {
    out.printf("%s", in.next().toLowerCase());
    out.format("%s", in.next().toUpperCase());
    writer.printf("%s", DateTimeFormatter.ofPattern("u"));
    writer.format("%s", new DecimalFormat("0"));
    return String.format("%s", new Formatter());
  }

  void leave() throws InterruptedException {
    Thread.sleep(counter);
    TimeUnit.MILLISECONDS.sleep(counter);
    System.exit(counter);
  }
}
