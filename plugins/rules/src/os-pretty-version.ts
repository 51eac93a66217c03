/** What people call an operating system: "Windows 11", "macOS 14", "Debian GNU/Linux 12". */
export interface OperatingSystemFacts {
  name: string;
  version: string;
  /** Description of the Linux distribution; "" when unknown. */
  distribution: string;
}

/** Windows NT versions by their first two numbers. */
const windowsNames: Record<string, string> = {
  '5.1': 'Windows XP',
  '5.2': 'Windows Server 2003',
  '6.0': 'Windows Vista',
  '6.1': 'Windows 7',
  '6.2': 'Windows 8',
  '6.3': 'Windows 8.1',
};

/** First build that calls itself Windows 11 while its version still says 10.0. */
const firstWindows11Build = 21_996;

export function osPrettyVersion({ name, version, distribution }: OperatingSystemFacts): string {
  const [major = 0, minor = 0, build = 0] = (/^[\d.]+/.exec(version)?.[0] ?? '').split('.').map(Number);
  switch (name) {
    case 'Windows':
    case 'Windows NT':
      if (major === 10) return build >= firstWindows11Build ? 'Windows 11' : 'Windows 10';
      return windowsNames[`${major}.${minor}`] ?? 'Windows Unknown';
    case 'Mac OS X':
      if (major >= 11) return `macOS ${major}`;
      return major === 10 ? `OS X 10.${minor}` : 'OS X Unknown';
    case 'Linux':
      return distribution === '' ? 'Linux' : distribution;
    case 'Android':
      return version === '' ? 'Android' : `Android ${version.split(' ')[0]}`;
    default:
      return name;
  }
}
