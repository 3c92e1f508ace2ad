export interface VmSize {
  readonly name: string;
  readonly family: string;
  readonly familyTitle: string;
  readonly vcpus: number;
  readonly memoryGb: number;
  readonly architecture: 'x64' | 'Arm64';
  /** A local disk: AKS puts the operating system on it by default. */
  readonly temporaryDiskGb: number;
}

export const locations = ['eastus', 'westeurope', 'westus2'] as const;
export const zones = ['1', '2', '3'] as const;

function size(
  name: string,
  series: string,
  vcpus: number,
  memoryGb: number,
  { architecture = 'x64', temporaryDiskGb = 0 }: { architecture?: 'x64' | 'Arm64'; temporaryDiskGb?: number } = {},
): VmSize {
  const family = `standard${series}Family`;
  return {
    name,
    family,
    familyTitle: `Standard ${series} Family vCPUs`,
    vcpus,
    memoryGb,
    architecture,
    temporaryDiskGb,
  };
}

/** Some of the sizes of Azure, with their real families and resources (Azure virtual machine sizes). */
export const vmSizes: readonly VmSize[] = [
  size('Standard_B2s', 'BS', 2, 4, { temporaryDiskGb: 8 }),
  size('Standard_DS2_v2', 'DSv2', 2, 7, { temporaryDiskGb: 14 }),
  size('Standard_D2s_v4', 'DSv4', 2, 8),
  size('Standard_D2s_v5', 'DSv5', 2, 8),
  size('Standard_D4s_v5', 'DSv5', 4, 16),
  size('Standard_D2as_v5', 'DASv5', 2, 8),
  size('Standard_D2ds_v5', 'DDSv5', 2, 8, { temporaryDiskGb: 75 }),
  size('Standard_D2ps_v5', 'DPSv5', 2, 8, { architecture: 'Arm64' }),
];

export function findSize(name: string): VmSize | undefined {
  return vmSizes.find(candidate => candidate.name.toLowerCase() === name.toLowerCase());
}
