/** Which node answers for the address of a Service of type LoadBalancer: on the Service. */
export const announcedByAnnotation = 'quarterdeck.dev/announced-by'

/** The class of load balancers that the nodes themselves are: Services without a class are of it too. */
export const loadBalancerClass = 'quarterdeck.dev/nodes'
