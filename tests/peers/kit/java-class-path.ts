import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callProgram } from './call-program.ts';

/** Fetching, once: a minute on a slow line. */
const TIMEOUT_MS = 100_000;
export const JAVA_NEEDS = 'Java 17 and Maven';

/** The class path of a jar and of all it needs, fetched by Maven into its own cache. `coordinates`: group, name and version, by colons. */
export async function javaClassPath(coordinates: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-jars-'));
  try {
    const [pom, classPath] = [join(folder, 'pom.xml'), join(folder, 'class-path')];
    await writeFile(pom, describe(coordinates));
    const goal = ['dependency:build-classpath', `-Dmdep.outputFile=${classPath}`];
    await callProgram(['mvn', '--quiet', '--batch-mode', '--file', pom, ...goal], { timeoutMs: TIMEOUT_MS, needs: JAVA_NEEDS });
    return (await readFile(classPath, 'utf8')).trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function describe(coordinates: string): string {
  const [group, artifact, version] = coordinates.split(':');
  return `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>signalbox.tests</groupId>
  <artifactId>peer</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>
  </dependencies>
</project>
`;
}
