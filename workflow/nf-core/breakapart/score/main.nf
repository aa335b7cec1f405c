// NOT RUN: no Nextflow was at hand. Written by the conventions of nf-core modules.
process BREAKAPART_SCORE {
    tag "${meta.id}"
    label 'process_medium'

    // A site names its image here: there is no public one.
    container "registry.example.org/breakapart:0.1.0"

    input:
    tuple val(meta), path(image)
    val assay

    output:
    tuple val(meta), path("${prefix}")                       , emit: results
    tuple val(meta), path("${prefix}/specimens.csv")         , emit: table
    tuple val(meta), path("${prefix}/${meta.id}/report.json"), emit: report
    path "${prefix}/breakapart_mqc.json"                     , emit: multiqc
    path "versions.yml"                                      , emit: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    def sex = meta.sex ? "--sex ${meta.sex}" : ''
    prefix = task.ext.prefix ?: "${meta.id}_breakapart"
    // Without a sheet the name of the folder is the name of the specimen.
    """
    mkdir specimen
    if [ -d "${image}" ]; then
        ln -s "\$(realpath "${image}")" "specimen/${meta.id}"
    else
        mkdir "specimen/${meta.id}"
        ln -s "\$(realpath "${image}")" "specimen/${meta.id}/"
    fi

    breakapart score \\
        "specimen/${meta.id}" \\
        --assay ${assay} \\
        --threads ${task.cpus} \\
        --quiet \\
        ${sex} \\
        ${args} \\
        --out "${prefix}"

    cat <<-END_VERSIONS > versions.yml
    "${task.process}":
        breakapart: \$(breakapart --version | sed 's/^breakapart //')
    END_VERSIONS
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}_breakapart"
    """
    mkdir -p "${prefix}/${meta.id}"
    touch "${prefix}/specimens.csv" "${prefix}/breakapart_mqc.json" "${prefix}/${meta.id}/report.json"

    cat <<-END_VERSIONS > versions.yml
    "${task.process}":
        breakapart: \$(breakapart --version | sed 's/^breakapart //')
    END_VERSIONS
    """
}
