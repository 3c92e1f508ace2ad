import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The settings that keep az from contacting any host but Azure; see `az config`. */
const configuration = {
  cloud: { name: 'AzureCloud' },
  core: { collect_telemetry: 'false', survey_message: 'false', no_color: 'true' },
  'auto-upgrade': { enable: 'no' },
  extension: { use_dynamic_install: 'no' },
};

/**
 * Creates a folder for the login of az, and returns the environment that leads az to the stand-in. Variables repeat the
 * settings, since a program may give az another folder.
 */
export async function prepareEnvironment(
  folder: string,
  { proxyPort, caFile }: { readonly proxyPort: number; readonly caFile: string },
): Promise<Readonly<Record<string, string>>> {
  const configFolder = join(folder, 'azure');
  const extensionFolder = join(folder, 'azure-extensions');
  await mkdir(configFolder, { recursive: true, mode: 0o700 });
  await mkdir(extensionFolder, { recursive: true });
  const lines = Object.entries(configuration).flatMap(([section, options]) => [
    `[${section}]`,
    ...Object.entries(options).map(([name, value]) => `${name} = ${value}`),
  ]);
  await writeFile(join(configFolder, 'config'), `${lines.join('\n')}\n`);

  const proxy = `http://127.0.0.1:${proxyPort}`;
  // Go and Python accept a range; the client of the toolkit compares names and bypasses loopback by itself.
  const direct = '127.0.0.1,localhost,127.0.0.0/8';
  return {
    HTTPS_PROXY: proxy,
    https_proxy: proxy,
    HTTP_PROXY: proxy,
    http_proxy: proxy,
    NO_PROXY: direct,
    no_proxy: direct,
    REQUESTS_CA_BUNDLE: caFile,
    AZURE_CONFIG_DIR: configFolder,
    AZURE_EXTENSION_DIR: extensionFolder,
    AZURE_CORE_COLLECT_TELEMETRY: 'false',
    AZURE_CORE_SURVEY_MESSAGE: 'false',
    AZURE_CORE_NO_COLOR: 'true',
    AZURE_EXTENSION_USE_DYNAMIC_INSTALL: 'no',
  };
}
